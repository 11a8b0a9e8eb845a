//! What a line of the table of settings becomes.

/// For each setting a field of `Values`, a method of `Config` that sets it, and, where it has a
/// default in code, a method of `Values` that returns its value. `unit`, `example`, `errors`,
/// `meaning` and the text of the default are for the pages and the bindings that the tests in
/// tests/it/generated write.
macro_rules! settings {
    ($(
        $(#[$doc:meta])+
        $name:ident $(<$generic:ident: $bound:path>)? ($($value:ident: $parameter:ty)?)
            -> $type:ty = $set:expr,
            $(variable: $variable:literal,)?
            $(unit: $unit:literal,)?
            default: $text:literal $(= $default:expr)?,
            $(example: $example:literal,)?
            $(errors: $errors:literal,)?
            meaning: $meaning:literal;
    )+) => {
        /// What one source, code or environment, has to say.
        #[derive(Clone, Debug, Default)]
        pub(super) struct Values {
            $(pub(super) $name: Option<$type>,)+
        }

        impl Values {
            pub(super) fn from_env() -> Result<Values> {
                let mut values = Values::default();
                $($(values.$name = FromVariable::from_variable($variable)?;)?)+
                Ok(values)
            }

            pub(super) fn or(self, other: Values) -> Values {
                Values { $($name: self.$name.or(other.$name),)+ }
            }

            $($(
                pub(super) fn $name(&self) -> $type {
                    self.$name.clone().unwrap_or_else(|| $default)
                }
            )?)+
        }

        impl Config {
            $(
                $(#[$doc])+
                pub fn $name$(<$generic: $bound>)?(mut self, $($value: $parameter)?) -> Config {
                    self.code.$name = Some($set);
                    self
                }
            )+
        }
    };
}

pub(super) use settings;
