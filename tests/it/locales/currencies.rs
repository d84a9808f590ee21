//! Currencies with no, two and three decimals, from sign-up on.
