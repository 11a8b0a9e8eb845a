//! An array of texts in one call of the builder.

use super::builder::BodyBuilder;
use crate::error::Result;

impl BodyBuilder {
    /// Writes an array of texts, such as `strings("mfaMethods", ["OTP"])`.
    ///
    /// # Errors
    ///
    /// Returns the first error of the builder, which stays: see [`BodyBuilder`].
    pub fn strings<'k, S: AsRef<str>>(
        &mut self,
        key: impl Into<Option<&'k str>>,
        texts: impl IntoIterator<Item = S>,
    ) -> Result<&mut BodyBuilder> {
        self.begin_array(key)?;
        for text in texts {
            self.string(None, text.as_ref())?;
        }
        self.end()
    }
}
