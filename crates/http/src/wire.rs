//! Structs that several bodies share, and objects that are really objects.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// An amount of one currency, at least one minor unit.
#[derive(Debug, serde::Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PositiveMoney)]
pub(crate) struct MoneyBody {
    /// Minor units: cents, yen, fils.
    #[schema(minimum = 1, example = 2500)]
    pub(crate) amount: i64,
    /// ISO 4217 code in upper case.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "USD")]
    pub(crate) currency: String,
}

/// An amount of one currency, which may be nothing.
#[derive(Debug, serde::Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MoneyOrZero)]
pub(crate) struct MoneyOrZeroBody {
    /// Minor units: cents, yen, fils.
    #[schema(minimum = 0, example = 2500)]
    pub(crate) amount: i64,
    /// ISO 4217 code in upper case.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "USD")]
    pub(crate) currency: String,
}

/// The person behind the shop's call, so that guess budgets and risk rules see them. Not part of
/// what an idempotency key is compared by.
#[derive(Debug, serde::Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Client)]
pub(crate) struct ClientBody {
    /// Their address, IPv4 or IPv6.
    #[serde(default)]
    #[schema(example = "203.0.113.7")]
    pub(crate) ip: Option<String>,
    /// Their browser or app.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub(crate) user_agent: Option<String>,
    /// Their session with the shop.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub(crate) session: Option<String>,
    /// Their device, as the shop tells devices apart.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub(crate) device: Option<String>,
}

/// A struct that is read from a JSON object only. Left to itself, a derived struct may also be
/// written as an array of its fields in order, which no contract promises.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Object)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// For fields that are no part of what a repeated request is compared by. They are left out when a
/// body is written for its fingerprint, and documented all the same.
pub(crate) fn is_not_compared<T>(_: &Option<T>) -> bool {
    true
}

/// For fields that are objects.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Object::deserialize(deserializer).map(|object| object.0)
}

/// For fields that are objects or absent.
pub(crate) fn object_option<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|object| object.0))
}

/// For fields that are lists of objects.
pub(crate) fn object_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let objects = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|object| object.0).collect())
}

/// For fields that are objects, or absent, but not `null`: where leaving out means a lot.
pub(crate) fn object_said<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    object(deserializer).map(Some)
}

/// For fields that are lists of objects, or absent, but not `null`.
pub(crate) fn object_list_said<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    object_list(deserializer).map(Some)
}
