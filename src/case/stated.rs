//! A field of a record that may be null but must be there.

use serde::{Deserialize, Deserializer};

pub(crate) fn stated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(field)
}
