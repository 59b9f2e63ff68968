//! The statement as plain text: for mails, and for people who read it aloud.

use base::{Instant, Span};

use crate::{Evidence, Finding, StatedFact, Statement};

impl Statement {
    /// The whole statement in lines of plain text, in the language of its messages.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write_decision(&mut text);
        self.write_facts(&mut text);
        self.write_rule(&mut text);
        self.write_next(&mut text);
        text
    }

    fn write_decision(&self, text: &mut String) {
        line(text, &format!("Decision of {}: {}", day(self.decided_at), self.outcome_text));
        if self.outcome.pays() {
            line(text, &format!("Amount: {} (tax that belongs to it is added)", self.amount));
            if !self.elsewhere.amount.is_zero() {
                line(text, &format!("Beside that, without the claim: {}", self.elsewhere));
            }
        }
        heading(text, "Why");
        self.reasons.iter().for_each(|reason| {
            line(text, &format!("- {} [{}]", reason.text, reason.code.as_str()));
        });
        if !self.arithmetic.is_empty() {
            heading(text, "How the amount was computed");
        }
        for step in &self.arithmetic {
            let mut parts = vec![step.expression.as_str()];
            for part in [step.numbers.as_str(), step.result.as_str()] {
                if parts.last() != Some(&part) {
                    parts.push(part);
                }
            }
            line(text, &format!("- {} = {}", step.name, parts.join(" = ")));
        }
    }

    fn write_facts(&self, text: &mut String) {
        heading(text, "What was looked at");
        for fact in &self.facts {
            line(text, &format!("- {}: {}{}", fact.title, fact.value, origin(fact)));
        }
        if !self.delivery.is_empty() {
            heading(text, "Where it went, as far as is known by now");
        }
        self.delivery.iter().for_each(|sentence| line(text, &format!("- {sentence}")));
    }

    fn write_rule(&self, text: &mut String) {
        heading(text, "Which rule");
        if let Some(table) = &self.table {
            let version: String =
                table.version.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            let (name, row) = (table.name.as_str(), table.row.as_str());
            let says = if self.rule.is_empty() { "A row of then" } else { &self.rule };
            line(text, &format!("- {says} (table {name}, row {row}, version {version}…)"));
        }
        line(
            text,
            match (self.automated, self.table.is_some()) {
                (true, true) => "- It was decided by the rules alone; no person has looked.",
                (true, false) => "- We have found it by ourselves: nobody had to ask.",
                (false, true) => "- It is not decided by the rules alone: a person looks at it.",
                (false, false) => "- A person has decided.",
            },
        );
        if !self.would_change.is_empty() {
            heading(text, "What would have changed it");
        }
        for change in &self.would_change {
            let needed: Vec<String> =
                change.needed.iter().map(|(title, values)| format!("{title}: {values}")).collect();
            let result = match &change.reason {
                Some(reason) => format!("then: {} [{}]", reason.text, reason.code.as_str()),
                None => "then the claim itself would have been looked into".to_owned(),
            };
            line(text, &format!("- {}; {result}", needed.join(", and ")));
        }
    }

    fn write_next(&self, text: &mut String) {
        heading(text, "What happens now");
        self.acts.iter().for_each(|(_, act)| line(text, &format!("- {act}")));
        for destination in &self.destinations {
            let by = destination.by.map(|by| format!(" by {}", day(by))).unwrap_or_default();
            let reference = destination.reference.as_ref().map(|it| format!(", reference {it}"));
            let reference = reference.unwrap_or_default();
            let (amount, to) = (destination.amount, &destination.to);
            line(text, &format!("- {amount} goes to {to}{by}{reference}"));
        }
        match &self.appeal {
            Some(appeal) => line(
                text,
                &format!(
                    "- You can have somebody else look at it until {}: {}",
                    last_day(appeal.until),
                    appeal.how
                ),
            ),
            None if self.automated && self.table.is_none() => {
                line(text, "- If you think that more is owed, make a claim.");
            }
            None => line(text, "- This decision cannot be appealed against here."),
        }
    }
}

fn origin(fact: &StatedFact) -> String {
    let why = match fact.finding {
        Some(Finding::Unknown(why)) => format!(", {}", why.as_str().replace('_', " ")),
        Some(Finding::Known(_)) => String::new(),
        None => ", nobody has looked".to_owned(),
    };
    let evidence = match &fact.evidence {
        Evidence::None => String::new(),
        Evidence::Id(id) => format!(", {id}"),
        Evidence::Record(sequence) => format!(", record {sequence}"),
    };
    let at = fact.at.map(|at| format!(", {at}")).unwrap_or_default();
    format!(" ({}{why}{evidence}{at})", fact.source.as_str())
}

fn day(at: Instant) -> String {
    at.to_string().chars().take(10).collect()
}

/// The last day on which something can still be done that has to be done before `until`.
fn last_day(until: Instant) -> String {
    day(until.saturating_sub(Span::from_micros(1)))
}

fn heading(text: &mut String, heading: &str) {
    line(text, "");
    line(text, heading);
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
