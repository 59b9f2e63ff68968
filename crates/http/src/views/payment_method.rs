//! Payment methods. The rail's token is no part of them.

use base::{MethodId, PersonId, Token};
use payments::Method;
use serde::{Serialize, Serializer};

use crate::views::{Id, MetadataView, Time};

/// A way to pay that a rail keeps for a payer.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PaymentMethod)]
pub(crate) struct PaymentMethodView<'a> {
    /// Always `payment_method`.
    #[schema(pattern = "^payment_method$")]
    object: &'static str,
    #[schema(value_type = String, example = "pm_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<MethodId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'static>,
    /// The rail that keeps it.
    #[schema(example = "sandbox")]
    rail: &'a str,
    /// Whose it is; `null` for a guest's.
    #[schema(value_type = Option<String>)]
    person: Option<Id<PersonId>>,
    /// What people call it, such as `visa`; `null` when the rail does not say.
    brand: Option<&'a str>,
    /// Last characters of its number; `null` when the rail does not say.
    #[schema(example = "4242")]
    last4: Option<&'a str>,
    /// The last month in which it may be used; `null` does not expire.
    #[schema(value_type = Option<String>, example = "2027-12")]
    expires: Option<Month>,
    /// True when an app store holds it: the store makes refunds.
    store_mediated: bool,
}

/// A month of the calendar: year and month.
struct Month(payments::Expiry);

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:04}-{:02}", self.0.year(), self.0.month()))
    }
}

impl<'a> PaymentMethodView<'a> {
    pub(crate) fn new(method: &'a Method) -> PaymentMethodView<'a> {
        PaymentMethodView {
            object: "payment_method",
            id: Id(method.id),
            created_at: Time(method.created_at),
            metadata: MetadataView(None),
            rail: method.rail.as_str(),
            person: method.owner.map(Id),
            brand: method.brand.as_ref().map(Token::as_str),
            last4: method.last4.as_ref().map(Token::as_str),
            expires: method.expiry.map(Month),
            store_mediated: method.is_store_mediated,
        }
    }
}
