"""Source text: parsing that never fails, spans, comments. The only place that knows columns."""

from .span import Span as Span
