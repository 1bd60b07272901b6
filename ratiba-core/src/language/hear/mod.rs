//! The deterministic ear: English, Swahili, Sheng and mixes, without a model and without a network.
