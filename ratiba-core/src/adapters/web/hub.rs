//! Who is connected: hands frames to every open widget of a visitor, and forgets them when they close.
//!
//! It holds one process's connections. A frame for a visitor who is connected elsewhere, or nowhere, is not lost: messages
//! are in the transcript, and the widget reads them when it comes back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::mpsc::{self, Receiver, Sender};

use super::frames::ServerFrame;

/// Frames that wait for a slow widget. When they are full it is disconnected; it comes back and reads the history.
const WAITING: usize = 64;
/// Open widgets per visitor (tabs, devices); the oldest makes room for the next.
const OPEN_WIDGETS: usize = 8;

/// The open connections by business and visitor. Cheap to clone; clones share them.
#[derive(Debug, Clone, Default)]
pub struct WebHub {
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    widgets: HashMap<Key, Vec<Widget>>,
    ids: u64,
}

/// Slug and visitor.
type Key = (String, String);

#[derive(Debug)]
struct Widget {
    id: u64,
    frames: Sender<ServerFrame>,
}

/// One open widget. Dropping it closes it.
#[derive(Debug)]
pub struct Connection {
    frames: Receiver<ServerFrame>,
    hub: Weak<Mutex<Open>>,
    key: Key,
    id: u64,
}

impl WebHub {
    /// Opens a connection for a visitor whose token was checked.
    pub fn connect(&self, slug: &str, visitor: &str) -> Connection {
        let (sender, frames) = mpsc::channel(WAITING);
        let key = (slug.to_owned(), visitor.to_owned());
        let mut open = lock(&self.open);
        open.ids += 1;
        let id = open.ids;
        let widgets = open.widgets.entry(key.clone()).or_default();
        if widgets.len() == OPEN_WIDGETS {
            widgets.remove(0);
        }
        widgets.push(Widget { id, frames: sender });
        Connection { frames, hub: Arc::downgrade(&self.open), key, id }
    }

    /// Hands a frame to every open widget of a visitor and tells how many took it. Never waits.
    pub fn publish(&self, slug: &str, visitor: &str, frame: &ServerFrame) -> usize {
        let mut open = lock(&self.open);
        let key = (slug.to_owned(), visitor.to_owned());
        let Some(widgets) = open.widgets.get_mut(&key) else { return 0 };
        widgets.retain(|widget| widget.frames.try_send(frame.clone()).is_ok());
        let reached = widgets.len();
        if widgets.is_empty() {
            open.widgets.remove(&key);
        }
        reached
    }

    /// How many widgets are open, for metrics.
    pub fn open_widgets(&self) -> usize {
        lock(&self.open).widgets.values().map(Vec::len).sum()
    }
}

impl Connection {
    /// The next frame, or `None` when the widget should be disconnected.
    pub async fn next(&mut self) -> Option<ServerFrame> {
        self.frames.recv().await
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(hub) = self.hub.upgrade() else { return };
        let mut open = lock(&hub);
        if let Some(widgets) = open.widgets.get_mut(&self.key) {
            widgets.retain(|widget| widget.id != self.id);
            if widgets.is_empty() {
                open.widgets.remove(&self.key);
            }
        }
    }
}

/// A panic can't leave the map half-changed, so a poisoned lock is taken as it is.
fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_open_widget_of_the_visitor_gets_the_frame_and_nobody_else() {
        let hub = WebHub::default();
        let mut phone = hub.connect("demo-salon", "v1");
        let mut laptop = hub.connect("demo-salon", "v1");
        let other = hub.connect("demo-salon", "v2");
        let elsewhere = hub.connect("demo-dental", "v1");
        assert_eq!(hub.publish("demo-salon", "v1", &ServerFrame::Typing), 2);
        assert_eq!(phone.next().await, Some(ServerFrame::Typing));
        assert_eq!(laptop.next().await, Some(ServerFrame::Typing));
        assert!(other.frames.is_empty() && elsewhere.frames.is_empty());
        assert_eq!(hub.publish("demo-salon", "v3", &ServerFrame::Typing), 0);
    }

    #[tokio::test]
    async fn a_closed_widget_is_forgotten() {
        let hub = WebHub::default();
        let phone = hub.connect("demo-salon", "v1");
        let laptop = hub.connect("demo-salon", "v1");
        drop(phone);
        assert_eq!(hub.open_widgets(), 1);
        drop(laptop);
        assert!(lock(&hub.open).widgets.is_empty());
    }

    #[tokio::test]
    async fn a_widget_that_reads_too_slowly_is_disconnected_after_what_it_had() {
        let hub = WebHub::default();
        let mut slow = hub.connect("demo-salon", "v1");
        for _ in 0..WAITING {
            assert_eq!(hub.publish("demo-salon", "v1", &ServerFrame::Typing), 1);
        }
        assert_eq!(hub.publish("demo-salon", "v1", &ServerFrame::Typing), 0);
        let mut read = 0;
        while slow.next().await.is_some() {
            read += 1;
        }
        assert_eq!(read, WAITING);
    }

    #[tokio::test]
    async fn the_oldest_widget_makes_room() {
        let hub = WebHub::default();
        let mut open: Vec<Connection> =
            (0..=OPEN_WIDGETS).map(|_| hub.connect("demo-salon", "v1")).collect();
        assert_eq!(hub.open_widgets(), OPEN_WIDGETS);
        assert_eq!(open[0].next().await, None);
    }
}
