"""Python semantics on abstract values. `analyse` is the front door."""

from .. import libs as libs
from . import natives as natives
from .analyse import analyse as analyse
from .facts import Analysis as Analysis
from .facts import EntryInput as EntryInput
from .facts import Fact as Fact
from .facts import MissingImport as MissingImport
from .facts import Observation as Observation
from .facts import Result as Result
from .ports import Cancelled as Cancelled
from .ports import Loader as Loader
from .ports import Oracle as Oracle
from .ports import Request as Request
from .ports import Source as Source
from .ports import Stated as Stated
from .world import World as World
