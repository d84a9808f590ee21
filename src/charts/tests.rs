//! What every chart promises: well-formed, bounded, readable, and never surprised.


