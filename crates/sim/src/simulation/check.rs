//! Everything at once: tables, entries, sums, and the product's own verification.

use store::Reader;

use super::{Asked, Divergence, Simulation};
use crate::{Asker, Ground, Model};

impl<G: Ground, M: Model, A: Asker<M>> Simulation<'_, G, M, A> {
    /// Lets the tables catch up and compares every row and entry with the model.
    pub(super) fn check_tables(&mut self) -> Result<(), Divergence> {
        self.flush_all()?;
        compare_tables(&mut self.reader, &self.model)?;
        self.summary.checks += 1;
        Ok(())
    }

    /// Flushes until the watermark is at the end of the journal, for a flush may fail.
    fn flush_all(&mut self) -> Result<(), Divergence> {
        for _ in 0..super::PATIENCE_STEPS {
            self.work_off()?;
            let head = self.reader.head()?;
            if head.watermark == self.model.seq() {
                return Ok(());
            }
            self.submit(Asked::Flush(self.model.seq()));
        }
        Err(Divergence("the tables never catch up".to_owned()))
    }
}

/// Compares the tables of a book that is swept to its end with the model, and verifies it.
///
/// # Errors
///
/// [`Divergence`] with the first difference.
pub fn compare_tables<M: Model>(reader: &mut dyn Reader, model: &M) -> Result<(), Divergence> {
    let expected = model.rows();
    let mut got = Vec::with_capacity(expected.len());
    reader.all_rows(&mut |row| got.push(row.row))?;
    got.sort_by_key(engine::Row::key);
    first_difference("row", &expected, &got)?;
    let mut got = Vec::with_capacity(model.entries().len());
    reader.all_entries(&mut |entry| got.push(entry))?;
    first_difference("entry", model.entries(), &got)?;
    if let Some((currency, sum)) = model.sums().into_iter().find(|(_, sum)| *sum != 0) {
        return Err(Divergence(format!("all balances in {currency} add up to {sum}")));
    }
    let report = reports::verify(reader, None, &mut |_| {})?;
    if !report.is_sound() || !report.compared {
        return Err(Divergence(format!("verification finds {:#?}", report.findings)));
    }
    Ok(())
}

fn first_difference<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: &[T],
    got: &[T],
) -> Result<(), Divergence> {
    let differs = expected.iter().zip(got).find(|(expected, got)| expected != got);
    if let Some((expected, got)) = differs {
        return Err(Divergence(format!("{what}: expected {expected:#?}\ngot {got:#?}")));
    }
    if expected.len() != got.len() {
        let (expected, got) = (expected.len(), got.len());
        return Err(Divergence(format!("expected {expected} times {what}, got {got}")));
    }
    Ok(())
}
