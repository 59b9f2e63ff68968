//! Lines of checkouts and orders, and what of them somebody pays or gets.

use base::{Amount, Label, LineKind, Text};
use journal::{ReadError, ValueSink, ValueSource};
use shop::{Allocation, BasisPoints, Line, LineId, Part, Party, Source, SourceKind, TenderId};

use super::fields::{FieldSink, FieldSource, invalid, sum};
use super::list;

/// A line is its number, shipping is 0.
pub(super) fn write_id(id: LineId, sink: &mut impl ValueSink) {
    sink.int(match id {
        LineId::Shipping => 0,
        LineId::Number(number) => i64::from(number),
    });
}

pub(super) fn read_id(source: &mut impl ValueSource) -> Result<LineId, ReadError> {
    Ok(match source.number("number of a line")? {
        0 => LineId::Shipping,
        number => LineId::Number(number),
    })
}

pub(super) fn write(line: &Line, sink: &mut impl ValueSink) {
    write_id(line.id, sink);
    sink.opt_id(line.product);
    sink.text(line.name.as_str());
    sink.opt_id(line.seller);
    sink.opt_id(line.creator);
    sink.int(i64::from(line.kind as u8));
    sink.opt_text(line.category.as_ref().map(Label::as_str));
    sink.int(i64::from(line.quantity));
    sink.amount(line.unit_price);
    sink.amount(line.discount);
    sink.amount(line.tax);
    sink.int(i64::from(line.commission.get()));
    sink.int(i64::from(line.share.get()));
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Line, ReadError> {
    let line = Line {
        id: read_id(source)?,
        product: source.opt_id()?,
        name: source.parsed("name of a line", Text::new)?,
        seller: source.opt_id()?,
        creator: source.opt_id()?,
        kind: source.one_of("kind of a line", LineKind::from_number)?,
        category: source.opt_parsed("category of a line", Label::new)?,
        quantity: source.number("quantity of a line")?,
        unit_price: source.amount()?,
        discount: source.amount()?,
        tax: source.amount()?,
        commission: read_points(source)?,
        share: read_points(source)?,
    };
    if line.quantity == 0 || line.checked_total().is_none() {
        return Err(invalid("line: quantity, price and discount do not fit together"));
    }
    if line.commission.get() + line.share.get() > BasisPoints::WHOLE.get() {
        return Err(invalid("line: rates of more than the whole"));
    }
    match (line.seller, line.id) {
        (Some(_), LineId::Number(_)) | (None, LineId::Shipping) => {}
        (None, LineId::Number(_)) if line.kind == LineKind::GiftCard || line.is_promotion() => {}
        _ => return Err(invalid("line: only shipping, gift cards and promotions have no seller")),
    }
    Ok(line)
}

pub(super) fn read_points(source: &mut impl ValueSource) -> Result<BasisPoints, ReadError> {
    BasisPoints::new(source.number("rate")?).ok_or(invalid("rate: more than the whole"))
}

/// Whether lines can stand together: numbered by their places, shipping last and not without
/// goods, a promotion alone, and no more than an amount can be.
pub(super) fn check_together<'a>(
    lines: impl ExactSizeIterator<Item = &'a Line> + Clone,
) -> Result<(), ReadError> {
    let count = lines.len();
    let in_place =
        lines.clone().enumerate().all(|(place, line)| line_at(line.id, count) == Some(place));
    if count == 0 || !in_place {
        return Err(invalid("lines: not numbered by their places"));
    }
    let has = |test: fn(&Line) -> bool| lines.clone().any(test);
    if has(|line| line.id == LineId::Shipping) && !has(|line| line.kind == LineKind::Goods) {
        return Err(invalid("lines: shipping without goods"));
    }
    if count > 1 && has(Line::is_promotion) {
        return Err(invalid("lines: a promotion is not alone"));
    }
    let total =
        lines.map(Line::checked_total).try_fold(Amount::ZERO, |sum, total| sum.checked_add(total?));
    total.map(drop).ok_or(invalid("lines: more than an amount can be"))
}

/// Where among so many lines the one of this name stands.
fn line_at(id: LineId, count: usize) -> Option<usize> {
    let place = match id {
        LineId::Shipping => count.checked_sub(1)?,
        LineId::Number(number) => usize::from(number).checked_sub(1)?,
    };
    (place < count).then_some(place)
}

/// What is paid of each line, in order of lines, by tenders in the order of their names. Nobody
/// pays a line twice, and nothing.
pub(super) fn paid_per_line<'a>(
    lines: &[LineId],
    tenders: impl Iterator<Item = (TenderId, &'a [Allocation])>,
) -> Result<Vec<Amount>, ReadError> {
    let mut paid = vec![Amount::ZERO; lines.len()];
    let mut payers = vec![TenderId(0); lines.len()];
    let mut former = TenderId(0);
    for (tender, allocations) in tenders {
        if tender <= former {
            return Err(invalid("tenders: not in the order of their names"));
        }
        former = tender;
        for allocation in allocations {
            let place = line_at(allocation.line, lines.len());
            let place = place.filter(|place| lines[*place] == allocation.line);
            let place = place.ok_or(invalid("tender: pays a line that is not there"))?;
            if payers[place] == tender || allocation.amount.is_zero() {
                return Err(invalid("tender: pays a line twice, or nothing of it"));
            }
            payers[place] = tender;
            paid[place] = sum([paid[place], allocation.amount])
                .ok_or(invalid("tenders: pay more than an amount can be"))?;
        }
    }
    Ok(paid)
}

pub(super) fn write_allocations(allocations: &[Allocation], sink: &mut impl ValueSink) {
    list::write(allocations, sink, |allocation, sink| {
        write_id(allocation.line, sink);
        sink.amount(allocation.amount);
    });
}

pub(super) fn read_allocations(
    source: &mut impl ValueSource,
) -> Result<Vec<Allocation>, ReadError> {
    list::read(source, |source| Ok(Allocation { line: read_id(source)?, amount: source.amount()? }))
}

/// The kind of party, then who it is, where the kind does not tell.
pub(super) fn write_parts(parts: &[Part], sink: &mut impl ValueSink) {
    list::write(parts, sink, |part, sink| {
        match part.party {
            Party::Seller(seller) => {
                sink.int(1);
                sink.id(seller);
            }
            Party::Commission => sink.int(2),
            Party::Creator(creator) => {
                sink.int(3);
                sink.id(creator);
            }
            Party::Cards(line) => {
                sink.int(4);
                write_id(line, sink);
            }
            Party::Tax => sink.int(5),
            Party::Promotion(line) => {
                sink.int(6);
                write_id(line, sink);
            }
        }
        sink.amount(part.amount);
    });
}

/// Reads parts that add up to `total`.
pub(super) fn read_parts(
    source: &mut impl ValueSource,
    total: Amount,
) -> Result<Vec<Part>, ReadError> {
    let parts = list::read(source, |source| {
        let party = match source.int()? {
            1 => Party::Seller(source.id()?),
            2 => Party::Commission,
            3 => Party::Creator(source.id()?),
            4 => Party::Cards(read_id(source)?),
            5 => Party::Tax,
            6 => Party::Promotion(read_id(source)?),
            _ => return Err(invalid("kind of a party")),
        };
        Ok(Part { party, amount: source.amount()? })
    })?;
    if parts.iter().any(|part| part.amount.is_zero()) {
        return Err(invalid("parts: one of nothing"));
    }
    if parts.iter().filter(|part| part.party == Party::Tax).count() > 1 {
        return Err(invalid("parts: tax twice"));
    }
    if sum(parts.iter().map(|part| part.amount)) != Some(total) {
        return Err(invalid("parts: do not add up"));
    }
    Ok(parts)
}

/// Where a purchase began: two columns.
pub(super) fn write_source(source: Option<&Source>, sink: &mut impl ValueSink) {
    sink.opt_int(source.map(|source| i64::from(source.kind as u8)));
    sink.opt_text(source.map(|source| source.id.as_str()));
}

pub(super) fn read_source(source: &mut impl ValueSource) -> Result<Option<Source>, ReadError> {
    let kind = source.opt_one_of("kind of a source", SourceKind::from_number)?;
    let id = source.opt_parsed("id of a source", Label::new)?;
    match (kind, id) {
        (None, None) => Ok(None),
        (Some(kind), Some(id)) => Ok(Some(Source { kind, id })),
        _ => Err(invalid("source: half of it")),
    }
}
