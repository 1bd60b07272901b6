//! Server-sent events out of whatever pieces a connection brings: split anywhere, in the middle of a letter too, with any line ends.
//!
//! As in the HTML standard, section "Server-sent events": fields `event` and `data`, comments and unknown fields skipped, an event at each empty
//! line. An event that the connection cuts off is none.

/// One event.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::adapters) struct SseEvent {
    /// The `event` field; empty where there is none.
    pub(in crate::adapters) name: String,
    /// The `data` fields, joined by line ends.
    pub(in crate::adapters) data: String,
}

/// Shows no data.
impl std::fmt::Debug for SseEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SseEvent({:?}, {} bytes)", self.name, self.data.len())
    }
}

/// Events under way.
#[derive(Default)]
pub(in crate::adapters) struct Events {
    line: Vec<u8>,
    after_cr: bool,
    name: String,
    data: Option<String>,
}

impl Events {
    /// Takes in a piece and gives the events that it completes.
    pub(in crate::adapters) fn feed(&mut self, piece: &[u8]) -> Vec<SseEvent> {
        let mut events = Vec::new();
        for &byte in piece {
            match byte {
                b'\n' if std::mem::take(&mut self.after_cr) => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    events.extend(self.end_line());
                }
                _ => {
                    self.after_cr = false;
                    self.line.push(byte);
                }
            }
        }
        events
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let line = std::mem::take(&mut self.line);
        // A whole line is decoded at once, so no letter is ever split.
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            return self.data.take().map(|data| SseEvent { name, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = ": hello\r\nevent: a\r\ndata: {\"x\":\"ng'ombe – 🐄\"}\r\n\r\ndata:one\ndata: two\n\nevent: lost\ndata: cut off";

    fn all(pieces: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<(String, String)> {
        let mut events = Events::default();
        pieces
            .into_iter()
            .flat_map(|piece| events.feed(piece.as_ref()))
            .map(|event| (event.name, event.data))
            .collect()
    }

    #[test]
    fn events_are_read_and_one_that_is_cut_off_is_none() {
        let own = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(all([TEXT]), [own("a", "{\"x\":\"ng'ombe – 🐄\"}"), own("", "one\ntwo")]);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_stream_is_split(cuts in prop::collection::vec(0..TEXT.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.extend([0, TEXT.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|pair| &TEXT.as_bytes()[pair[0]..pair[1]]);
            prop_assert_eq!(all(pieces), all([TEXT]));
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            Events::default().feed(&bytes);
        }
    }
}
