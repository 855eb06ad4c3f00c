"""Op rules by family. Importing this package fills the registry."""

from . import expand as expand
from . import joining as joining
from . import permute as permute
from . import splitting as splitting
from . import squeeze as squeeze
from . import view as view
