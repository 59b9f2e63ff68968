//! What became of requests, counted without locks.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::http::StatusCode;

use crate::problem::catalog::{self, Entry};
use crate::problem::{Busy, Problem};

/// Requests answered since the process started.
#[derive(Debug)]
pub(crate) struct Answered {
    /// By the first digit of their status.
    classes: [AtomicU64; 5],
    /// Problems by their place in the catalog, those of single operations of a batch included.
    problems: Box<[AtomicU64]>,
    /// Answers 503 by their reason.
    busy: [AtomicU64; Busy::ALL.len()],
    /// Requests about books of other processes, by what became of them.
    elsewhere: [AtomicU64; Elsewhere::ALL.len()],
}

/// What became of a request about a book that another process owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    /// It was answered here, from the tables.
    ReadHere,
    /// The owner has answered it.
    PassedOn,
}

impl Elsewhere {
    const ALL: [Elsewhere; 2] = [Elsewhere::ReadHere, Elsewhere::PassedOn];

    fn as_str(self) -> &'static str {
        match self {
            Elsewhere::ReadHere => "read_here",
            Elsewhere::PassedOn => "passed_on",
        }
    }
}

impl Default for Answered {
    fn default() -> Answered {
        Answered {
            classes: Default::default(),
            problems: catalog::ALL.iter().map(|_| AtomicU64::new(0)).collect(),
            busy: Default::default(),
            elsewhere: Default::default(),
        }
    }
}

impl Answered {
    /// Counts an answer.
    pub(crate) fn count(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = self.classes.get(class) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Counts why an answer, or a part of one, was a problem.
    pub(crate) fn count_problem(&self, problem: &Problem) {
        let is_it = |entry: &&Entry| {
            entry.code == problem.code() && entry.status == problem.status().as_u16()
        };
        if let Some(place) = catalog::ALL.iter().position(is_it) {
            self.problems[place].fetch_add(1, Relaxed);
        }
        if let Some(busy) = problem.busy() {
            self.busy[busy as usize].fetch_add(1, Relaxed);
        }
    }

    /// Counts an answer about a book that another process owns.
    pub(crate) fn count_elsewhere(&self, how: Elsewhere) {
        self.elsewhere[how as usize].fetch_add(1, Relaxed);
    }

    /// What became of requests about books of other processes, with their counts.
    pub(crate) fn elsewhere(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = Elsewhere::ALL.iter().zip(&self.elsewhere);
        counts.map(|(how, count)| (how.as_str(), count.load(Relaxed)))
    }

    /// Each class of status with its count.
    pub(crate) fn classes(&self) -> impl Iterator<Item = (String, u64)> {
        let counts = (1..).zip(&self.classes);
        counts.map(|(class, count)| (format!("{class}xx"), count.load(Relaxed)))
    }

    /// Each problem of the catalog, with its status and count.
    pub(crate) fn problems(&self) -> impl Iterator<Item = (&'static Entry, u64)> {
        catalog::ALL.iter().copied().zip(self.problems.iter().map(|count| count.load(Relaxed)))
    }

    /// Each reason for 503 with its count.
    pub(crate) fn busy(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Busy::ALL.iter().map(|busy| busy.as_str()).zip(self.busy.iter().map(|n| n.load(Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_class() {
        let answered = Answered::default();
        for status in [200, 201, 404, 503, 599, 999] {
            answered.count(StatusCode::from_u16(status).unwrap());
        }
        let all: Vec<u64> = answered.classes().map(|(_, count)| count).collect();
        assert_eq!(all, [0, 2, 0, 1, 2]);
    }

    #[test]
    fn every_problem_is_counted_under_its_code_and_every_503_has_a_reason() {
        let answered = Answered::default();
        for entry in catalog::ALL {
            let problem = Problem::new(entry);
            assert_eq!(problem.busy().is_some(), entry.status == 503, "{}", entry.code);
            answered.count_problem(&problem);
        }
        assert!(answered.problems().all(|(_, count)| count == 1));
        let places: Vec<usize> = Busy::ALL.iter().map(|busy| *busy as usize).collect();
        assert_eq!(places, (0..Busy::ALL.len()).collect::<Vec<_>>());
    }
}
