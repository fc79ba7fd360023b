//! A table's rows, a line each: every cell keeps its column.

use serde_json::Value;

use super::{DocumentReader, children, kind};

const SPAN: u64 = 100;

impl DocumentReader<'_> {
    pub(super) fn table(&mut self, table: &Value) -> Vec<String> {
        let is_numbered = table["attrs"]["isNumberColumnEnabled"] == true;
        // For how many more rows each column is taken by a cell from above.
        let mut taken: Vec<u64> = Vec::new();
        let mut number = 0;
        let mut lines = Vec::new();
        for row in children(table) {
            let mut cells = self.row(row, &mut taken);
            if is_numbered {
                let is_head = children(row).iter().all(|cell| kind(cell) == "tableHeader");
                number += u64::from(!is_head);
                cells.insert(0, if is_head { String::new() } else { number.to_string() });
            }
            lines.push(cells.join(" | "));
        }
        lines
    }

    fn row(&mut self, row: &Value, taken: &mut Vec<u64>) -> Vec<String> {
        let mut cells = Vec::new();
        for cell in children(row) {
            from_above(taken, &mut cells);
            let [wide, high] = ["colspan", "rowspan"].map(|name| span(cell, name));
            cells.push(self.cell(cell));
            for _ in 1..wide {
                cells.push(String::new());
            }
            taken.resize(taken.len().max(cells.len()), 0);
            let first = cells.len() - usize::try_from(wide).unwrap_or(1);
            taken[first..cells.len()].fill(high - 1);
        }
        from_above(taken, &mut cells);
        cells
    }

    fn cell(&mut self, cell: &Value) -> String {
        let lines = self.block(cell);
        lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ")
    }
}

fn span(cell: &Value, name: &str) -> u64 {
    cell["attrs"][name].as_u64().unwrap_or(1).clamp(1, SPAN)
}

fn from_above(taken: &mut [u64], cells: &mut Vec<String>) {
    while let Some(rows) = taken.get_mut(cells.len()).filter(|rows| **rows > 0) {
        *rows -= 1;
        cells.push(String::new());
    }
}
