//! Meta's channels; WhatsApp Cloud API first.
