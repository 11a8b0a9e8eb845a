//! Splits CSV (RFC 4180) into rows and cells. Each keeps its place, so that an error can name it.
//!
//! A cell that is quoted is told from one that is not: `""` is an empty text, nothing at all is no
//! value, as sqlite3 and PostgreSQL write them.

use std::borrow::Cow;

/// A row as a spreadsheet counts them, the header being row 1.
pub struct Row<'a> {
    pub number: usize,
    /// The line of the file that it begins in; differs where a cell has line ends.
    pub line: usize,
    pub cells: Vec<Cell<'a>>,
}

pub struct Cell<'a> {
    pub bytes: Cow<'a, [u8]>,
    pub is_quoted: bool,
}

impl Cell<'_> {
    /// Whether there is nothing in the cell, not even quotes.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.is_quoted
    }
}

/// Where text stands that CSV does not allow.
#[derive(Debug, PartialEq, Eq)]
pub enum SyntaxError {
    /// A quote is opened in this row and column, and never closed.
    Unclosed(usize, usize),
    /// Text follows a closing quote.
    AfterQuote(usize, usize),
}

pub struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    delimiter: u8,
    row: usize,
    line: usize,
    pub errors: Vec<SyntaxError>,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a [u8], delimiter: u8) -> Parser<'a> {
        Parser { text, at: 0, delimiter, row: 0, line: 1, errors: Vec::new() }
    }

    fn cell(&mut self, column: usize) -> Cell<'a> {
        match self.text.get(self.at) {
            Some(b'"') => self.quoted(column),
            _ => Cell { bytes: Cow::Borrowed(self.plain()), is_quoted: false },
        }
    }

    /// The text up to the next separator.
    fn plain(&mut self) -> &'a [u8] {
        let start = self.at;
        let ends = |byte: &u8| [self.delimiter, b'\n', b'\r'].contains(byte);
        let length = self.text[start..].iter().position(ends).unwrap_or(self.text.len() - start);
        self.at += length;
        &self.text[start..self.at]
    }

    fn quoted(&mut self, column: usize) -> Cell<'a> {
        let (text, start) = (self.text, self.at + 1);
        self.at = start;
        let (mut unescaped, mut from) = (Vec::new(), start);
        loop {
            match text.get(self.at) {
                None => {
                    self.errors.push(SyntaxError::Unclosed(self.row, column));
                    break;
                }
                Some(b'"') if text.get(self.at + 1) == Some(&b'"') => {
                    unescaped.extend_from_slice(&text[from..=self.at]);
                    self.at += 2;
                    from = self.at;
                }
                Some(b'"') => break,
                Some(byte) => {
                    self.line += usize::from(*byte == b'\n');
                    self.at += 1;
                }
            }
        }
        let rest = &text[from..self.at];
        self.at = (self.at + 1).min(text.len());
        if !self.plain().is_empty() {
            self.errors.push(SyntaxError::AfterQuote(self.row, column));
        }
        let bytes = match unescaped.is_empty() {
            true => Cow::Borrowed(rest),
            false => Cow::Owned([&unescaped, rest].concat()),
        };
        Cell { bytes, is_quoted: true }
    }

    /// Steps over a separator. Returns whether the row goes on.
    fn separator(&mut self) -> bool {
        match self.text.get(self.at) {
            Some(byte) if *byte == self.delimiter => {
                self.at += 1;
                true
            }
            Some(byte) => {
                let is_pair = *byte == b'\r' && self.text.get(self.at + 1) == Some(&b'\n');
                self.at += 1 + usize::from(is_pair);
                self.line += 1;
                false
            }
            None => false,
        }
    }
}

impl<'a> Iterator for Parser<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        if self.at == self.text.len() {
            return None;
        }
        self.row += 1;
        let (number, line, mut cells) = (self.row, self.line, Vec::new());
        loop {
            let cell = self.cell(cells.len());
            cells.push(cell);
            if !self.separator() {
                return Some(Row { number, line, cells });
            }
        }
    }
}
