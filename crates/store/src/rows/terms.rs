//! Terms of a promotion, as values one after the other and packed into one.

use base::{Currency, Label, Money, Region};
use journal::{EncodedSink, EncodedSource, EncodedValues, ReadError, ValueSink, ValueSource};
use promotions::{Audience, Device, Gender, Goal, Language, Promise, Terms, limits};

use super::fields::{FieldSink, FieldSource, count, invalid};
use super::list;

/// Goal, target, currency, budget, incentive, daily budget, start, end, promise, audience.
pub(super) fn write(terms: &Terms, sink: &mut impl ValueSink) {
    sink.int(i64::from(terms.goal as u8));
    sink.opt_int(terms.target.map(count));
    sink.currency(terms.currency());
    sink.amount(terms.budget.amount);
    sink.amount(terms.incentive);
    sink.opt_int(terms.daily_budget.map(base::Amount::minor));
    sink.instant(terms.starts_at);
    sink.instant(terms.ends_at);
    sink.int(i64::from(terms.promise as u8));
    let audience = EncodedValues::of(|packed| write_audience(&terms.audience, packed));
    sink.bytes(audience.as_bytes());
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Terms, ReadError> {
    let goal = source.one_of("goal", Goal::from_number)?;
    let target = source.opt_number("target")?;
    let currency: Currency = source.currency()?;
    let terms = Terms {
        goal,
        target,
        budget: Money { amount: source.amount()?, currency },
        incentive: source.amount()?,
        daily_budget: source.opt_amount()?,
        starts_at: source.instant()?,
        ends_at: source.instant()?,
        promise: source.one_of("promise", Promise::from_number)?,
        audience: read_audience(&source.bytes()?)?,
    };
    let budget = terms.budget.amount;
    if budget.is_zero() || budget > limits::BUDGET_MAX || terms.incentive > budget {
        return Err(invalid("terms: no budget, too much of it, or more is added than there is"));
    }
    Ok(terms)
}

/// The same as one value.
pub(super) fn pack(terms: &Terms) -> Vec<u8> {
    EncodedValues::of(|packed| write(terms, packed)).as_bytes().to_vec()
}

/// What [`pack`] has made.
pub(super) fn unpack(packed: &[u8]) -> Result<Terms, ReadError> {
    let mut packed = EncodedSource::new(packed);
    let terms = read(&mut packed)?;
    packed.finish()?;
    Ok(terms)
}

fn write_audience(audience: &Audience, packed: &mut EncodedSink<'_>) {
    list::write(&audience.regions, packed, |region, sink| sink.text(region.as_str()));
    list::write(&audience.languages, packed, |language, sink| sink.text(language.as_str()));
    packed.opt_int(audience.age_min.map(i64::from));
    packed.opt_int(audience.age_max.map(i64::from));
    list::write(&audience.genders, packed, |gender, sink| sink.int(i64::from(*gender as u8)));
    write_labels(&audience.interests, packed);
    write_labels(&audience.excluded_interests, packed);
    list::write(&audience.devices, packed, |device, sink| sink.int(i64::from(*device as u8)));
}

fn read_audience(packed: &[u8]) -> Result<Audience, ReadError> {
    let mut source = EncodedSource::new(packed);
    let audience = Audience {
        regions: list::read(&mut source, |one| one.parsed("region", Region::parse))?,
        languages: list::read(&mut source, |one| one.parsed("language", Language::new))?,
        age_min: source.opt_number("least age")?,
        age_max: source.opt_number("greatest age")?,
        genders: list::read(&mut source, |one| one.one_of("gender", Gender::from_number))?,
        interests: read_labels(&mut source)?,
        excluded_interests: read_labels(&mut source)?,
        devices: list::read(&mut source, |one| one.one_of("device", Device::from_number))?,
    };
    source.finish()?;
    let lists = [
        audience.regions.len(),
        audience.languages.len(),
        audience.genders.len(),
        audience.interests.len(),
        audience.excluded_interests.len(),
        audience.devices.len(),
    ];
    if lists.into_iter().any(|length| length > limits::AUDIENCE_LIST_MAX) {
        return Err(invalid("audience: a list is too long"));
    }
    Ok(audience)
}

pub(super) fn write_labels(labels: &[Label], sink: &mut impl ValueSink) {
    list::write(labels, sink, |label, sink| sink.text(label.as_str()));
}

pub(super) fn read_labels(source: &mut impl ValueSource) -> Result<Vec<Label>, ReadError> {
    list::read(source, |one| one.parsed("label", Label::new))
}
