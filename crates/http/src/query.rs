//! Query strings: parameters that exist, once each, decoded.

use axum::http::Uri;

use crate::problem::{Problem, catalog};

/// The parameters of a route, each as text or absent. [`query_parameters`] defines one together
/// with its documentation.
pub(crate) trait Query: Default {
    /// Where the parameter of this name goes; `None` when there is no such parameter.
    fn slot(&mut self, name: &str) -> Option<&mut Option<String>>;

    /// Every parameter with what was given for it.
    fn texts(&self) -> Vec<(&'static str, Option<&str>)>;
}

/// Defines a struct of parameters: its documentation is that of the API.
macro_rules! query_parameters {
    ($(#[$meta:meta])* $name:ident { $($(#[$parameter:meta])* $field:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Default, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            $($(#[$parameter])* pub(crate) $field: Option<String>,)+
        }

        impl crate::query::Query for $name {
            fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
                $(if name == stringify!($field).trim_start_matches("r#") {
                    return Some(&mut self.$field);
                })+
                None
            }

            fn texts(&self) -> Vec<(&'static str, Option<&str>)> {
                vec![$((
                    stringify!($field).trim_start_matches("r#"),
                    self.$field.as_deref(),
                ),)+]
            }
        }
    };
}

pub(crate) use query_parameters;

/// Reads the parameters of a request.
///
/// # Errors
///
/// `invalid_request` with the name of a parameter that does not exist, appears twice, or is not
/// UTF-8 in percent encoding.
pub(crate) fn read<Q: Query>(uri: &Uri) -> Result<Q, Problem> {
    let mut query = Q::default();
    for (name, value) in pairs(uri) {
        let slot = query.slot(&name).ok_or_else(|| unknown(&name))?;
        if slot.is_some() {
            return Err(refuse(&name, "This parameter may appear once only."));
        }
        let value =
            value.ok_or_else(|| refuse(&name, "The value must be UTF-8, with % encoded."))?;
        *slot = Some(value);
    }
    Ok(query)
}

/// Refuses parameters that are not among `known`, so that a misspelled one is never passed over.
///
/// # Errors
///
/// `invalid_request` with the name.
pub(crate) fn check_names(uri: &Uri, known: &[String]) -> Result<(), Problem> {
    match pairs(uri).find(|(name, _)| !known.contains(name)) {
        Some((name, _)) => Err(unknown(&name)),
        None => Ok(()),
    }
}

/// Names that nobody knows are cut: a caller may have sent anything.
const NAME_CHARACTERS_MAX: usize = 64;

fn unknown(name: &str) -> Problem {
    refuse(name, "There is no such parameter here; leave it out.")
}

fn refuse(name: &str, detail: &str) -> Problem {
    let name: String = name.chars().take(NAME_CHARACTERS_MAX).collect();
    Problem::new(&catalog::INVALID_REQUEST).detail(detail).param(name)
}

/// Names and values as `application/x-www-form-urlencoded` writes them; a value that cannot be
/// decoded is `None`.
fn pairs(uri: &Uri) -> impl Iterator<Item = (String, Option<String>)> {
    let parts = uri.query().unwrap_or("").split('&').filter(|part| !part.is_empty());
    parts.map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(name).unwrap_or_else(|| name.to_owned()), decode(value))
    })
}

/// Undoes percent encoding (RFC 3986, section 2.1), with `+` for a blank.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

/// The value of a hexadecimal digit.
pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

macro_rules! together {
    ($($part:ident $place:tt),+) => {
        impl<$($part: Query),+> Query for ($($part,)+) {
            fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
                $(if let Some(slot) = self.$place.slot(name) {
                    return Some(slot);
                })+
                None
            }

            fn texts(&self) -> Vec<(&'static str, Option<&str>)> {
                [$(self.$place.texts()),+].concat()
            }
        }
    };
}

together!(A 0, B 1);
together!(A 0, B 1, C 2);

#[cfg(test)]
mod tests {
    use super::*;

    query_parameters! {
        /// For the tests.
        Some2 {
            /// One.
            name,
            /// Another.
            r#type,
        }
    }

    fn told(query: &str) -> String {
        let uri = Uri::try_from(format!("/v1/x?{query}")).unwrap();
        match read::<Some2>(&uri) {
            Ok(read) => format!("{:?} {:?}", read.name, read.r#type),
            Err(problem) => {
                let mut json = Vec::new();
                problem.write(base::RequestId::from_bits(0), &mut json);
                let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
                json["param"].as_str().unwrap().to_owned()
            }
        }
    }

    #[track_caller]
    fn check(query: &str, expected: &str) {
        assert_eq!(told(query), expected, "{query}");
    }

    #[test]
    fn parameters_are_read_once_and_by_name() {
        check("", "None None");
        check("&&", "None None");
        check("name=a%20b+c%C3%A9&type=", "Some(\"a b cé\") Some(\"\")");
        check("type", "None Some(\"\")");
        check("name=a=b", "Some(\"a=b\") None");
        check("n%61me=1", "Some(\"1\") None");
        check("name=1&name=2", "name");
        check("Name=1", "Name");
        check("%66oo=1", "foo");
        check("name=%FF", "name");
        check("name=%4", "name");
        check("name=%zz", "name");
        check("%FF=1", "%FF");
        check(&"x".repeat(100), &"x".repeat(64));
    }
}
