"""Op rules by family. Importing this package fills the registry."""

from . import activation as activation
from . import adaptive_pooling as adaptive_pooling
from . import conversion as conversion
from . import convolution as convolution
from . import creation as creation
from . import embedding as embedding
from . import expand as expand
from . import indexing as indexing
from . import joining as joining
from . import linear as linear
from . import literals as literals
from . import matmul as matmul
from . import normalization as normalization
from . import permute as permute
from . import pointwise as pointwise
from . import pooling as pooling
from . import products as products
from . import properties as properties
from . import splitting as splitting
from . import squeeze as squeeze
from . import view as view
from .properties import ATTRIBUTES as ATTRIBUTES
from .registry import RULES as RULES
