//! M-Pesa by Safaricom's Daraja API.
