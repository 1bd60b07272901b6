//! Reads days that have a name: Christmas, Boxing Day, Jamhuri, the new year. Fixed dates only.

use super::{Read, Reader};

impl Reader<'_, '_> {
    /// krismasi, Christmas eve, boxing day, Jamhuri day, mwaka mpya.
    pub(super) fn feast(&self, i: usize) -> Read {
        let (w, next) = (self.word(i), self.word(i + 1));
        let (day, month, mut end) = match (w, next) {
            ("christmas" | "xmas" | "krismasi" | "krismas" | "chrismas" | "krisimasi", _) => {
                (25, 12, i + 1)
            }
            ("boxing", "day") => (26, 12, i + 2),
            ("new", "year" | "years") | ("mwaka", "mpya") => (1, 1, i + 2),
            ("labour" | "labor", "day") => (1, 5, i + 2),
            ("valentine" | "valentines" | "valentino", _) => (14, 2, i + 1),
            ("madaraka", _) => (1, 6, i + 1),
            ("mashujaa", _) => (20, 10, i + 1),
            ("jamhuri", other) if !matches!(other, "estate" | "park" | "road") => (12, 12, i + 1),
            _ => return None,
        };
        let mut date = self.in_month(day, month, None)?;
        match self.word(end) {
            "eve" => {
                date = self.in_month(
                    date.yesterday().ok()?.day().unsigned_abs().into(),
                    month_before(day, month),
                    None,
                )?;
                end += 1;
            }
            "day" => end += 1,
            _ => {}
        }
        Some((Self::on(date), end))
    }
}

/// The month in which the day before lies.
fn month_before(day: u32, month: u32) -> u32 {
    match (day, month) {
        (1, 1) => 12,
        (1, month) => month - 1,
        (_, month) => month,
    }
}
