"""The table of torch.nn layers. Importing this package fills it."""

from . import activation as activation
from . import adaptive as adaptive
from . import attention as attention
from . import cells as cells
from . import conv as conv
from . import embedding as embedding
from . import linear as linear
from . import loss as loss
from . import normalization as normalization
from . import padding as padding
from . import pooling as pooling
from . import rnn as rnn
from . import transformer as transformer
from . import vision as vision
