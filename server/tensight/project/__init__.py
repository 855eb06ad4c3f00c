"""Files, imports, environments, settings: what an analysis needs of the machine, read and never run."""

from .environment import NO_ENVIRONMENT as NO_ENVIRONMENT
from .environment import Environment as Environment
from .files import Unreadable as Unreadable
from .project import Project as Project
from .settings import EditorOptions as EditorOptions
from .settings import Settings as Settings
