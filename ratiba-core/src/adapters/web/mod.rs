//! The web widget: signed cookies and the frames of its WebSocket.
