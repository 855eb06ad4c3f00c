"""Libraries that are answered natively. Importing this package registers their functions and layers."""

from . import einops as einops
from . import einops_arrays as einops_arrays
from . import einops_layers as einops_layers
from . import einx as einx
from . import torchvision_ops as torchvision_ops
