//! Figures, a line each: `name value unit`. With `CASEBRIDGE_WRITE_FIGURES` they are written into
//! docs/decisions/0010-figures-under-load.md as well, between the marks of the bench that measured them.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures and prints")]

use std::{env, fs};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/decisions/0010-figures-under-load.md");

/// What a bench measured.
pub struct Figures {
    bench: &'static str,
    rows: Vec<String>,
}

impl Figures {
    pub fn of(bench: &'static str) -> Self {
        let head = ["| figure | measured | goal | |", "|---|---|---|---|"];
        Self { bench, rows: head.map(str::to_owned).to_vec() }
    }

    /// One of them, and what it should be at most.
    pub fn say(&mut self, name: &str, (value, unit): (f64, &str), goal: Option<f64>) {
        let shown = if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") };
        println!("{name} {shown} {unit}");
        let (most, is_met) = match goal {
            Some(goal) if value <= goal => (format!("≤ {goal:.0}"), "met"),
            Some(goal) => (format!("≤ {goal:.0}"), "missed"),
            None => (String::new(), ""),
        };
        self.rows.push(format!("| {name} | {shown} {unit} | {most} | {is_met} |"));
    }

    /// Writes them where that was asked for.
    pub fn written(self) {
        if env::var_os("CASEBRIDGE_WRITE_FIGURES").is_none() {
            return;
        }
        let (from, to) = (format!("<!-- {} -->", self.bench), format!("<!-- end of {} -->", self.bench));
        let text = fs::read_to_string(FILE).unwrap();
        let (before, rest) = text.split_once(&from).unwrap();
        let (_, after) = rest.split_once(&to).unwrap();
        fs::write(FILE, format!("{before}{from}\n{}\n{to}{after}", self.rows.join("\n"))).unwrap();
    }
}
