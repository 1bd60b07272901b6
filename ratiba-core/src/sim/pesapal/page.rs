//! The hosted page on which a customer types a card.

use super::state::{SimOrder, Standing};

/// A card that is declined.
const DECLINED: &str = "4000000000000002";
/// A card without enough money.
const EMPTY: &str = "4000000000009995";

/// What the page answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageAnswer {
    /// Paid: the browser goes there.
    GoTo(String),
    /// The page again, with what is wrong.
    Again(String),
    /// There is no such order.
    Nothing,
}

/// What somebody typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    /// A card that pays.
    Pays,
    /// A card that is refused.
    Refused(&'static str),
    /// No card at all.
    NoCard,
}

/// Reads a card's number; spaces are welcome.
pub(super) fn typed(card: &str) -> Typed {
    let digits: String = card.chars().filter(char::is_ascii_digit).collect();
    let odd = card.chars().any(|c| !c.is_ascii_digit() && c != ' ' && c != '-');
    match digits.as_str() {
        _ if odd || !(12..=19).contains(&digits.len()) => Typed::NoCard,
        DECLINED => Typed::Refused("The card was declined by its bank"),
        EMPTY => Typed::Refused("Insufficient funds"),
        _ => Typed::Pays,
    }
}

/// Where the browser goes after a payment.
pub(super) fn way_back(order: &SimOrder) -> String {
    let names = [
        ("OrderTrackingId", order.tracking_id.as_str()),
        ("OrderMerchantReference", order.reference.as_str()),
        ("OrderNotificationType", "CALLBACKURL"),
    ];
    reqwest::Url::parse_with_params(&order.callback_url, names)
        .map_or_else(|_| order.callback_url.clone(), String::from)
}

/// The page of an order. `action` is where its form is posted.
pub(super) fn render(order: &SimOrder, action: &str, wrong: Option<&str>) -> String {
    let amount = format!("{} {}.{:02}", order.currency, order.minor / 100, order.minor % 100);
    let closed = match &order.standing {
        Standing::Completed { .. } => Some("This order is paid. You can go back to your chat."),
        Standing::Reversed { .. } => Some("This payment has been sent back."),
        Standing::Pending | Standing::Failed { .. } if order.cancelled => {
            Some("This order has been cancelled. Nothing was charged.")
        }
        Standing::Pending | Standing::Failed { .. } => None,
    };
    let body =
        closed.map_or_else(|| form(order, action, &amount, wrong), |text| format!("<p>{text}</p>"));
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Card payment</title><style>{STYLE}</style>\
         <main><p><b>Card payments</b> (a stand-in of PesaPal)</p><h1>{amount}</h1><p>{description}</p>{body}</main>",
        description = escaped(&order.description),
    )
}

/// Where a card is typed.
fn form(order: &SimOrder, action: &str, amount: &str, wrong: Option<&str>) -> String {
    let wrong = wrong
        .map(|wrong| format!("<p role=\"alert\">{}. Try another card.</p>", escaped(wrong)))
        .unwrap_or_default();
    format!(
        "{wrong}<form method=\"post\" action=\"{action}\">\
         <label for=\"card\">Card number</label>\
         <input id=\"card\" name=\"card\" inputmode=\"numeric\" autocomplete=\"off\" placeholder=\"4242 4242 4242 4242\" required autofocus>\
         <input type=\"hidden\" name=\"OrderTrackingId\" value=\"{id}\">\
         <button>Pay {amount}</button></form>\
         <p><small>Nothing is charged here. Any 12 to 19 digits pay; {DECLINED} is declined, {EMPTY} has no money.</small></p>",
        action = escaped(action),
        id = escaped(&order.tracking_id),
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#eef2f7;color:#14213d}\
main{max-width:24rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:.75rem;box-shadow:0 2px 12px #0002}\
h1{margin:.25rem 0}label{display:block;font-weight:600}\
input{box-sizing:border-box;width:100%;font:inherit;padding:.6rem;margin:.25rem 0 1rem;border:1px solid #8a94a6;border-radius:.4rem}\
button{width:100%;font:inherit;font-weight:600;padding:.7rem;border:0;border-radius:.4rem;background:#0a5cc2;color:#fff}\
[role=alert]{color:#a4161a;font-weight:600}";

/// Text inside HTML.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_pay_or_are_refused_by_their_number() {
        assert_eq!(typed("4242 4242 4242 4242"), Typed::Pays);
        assert!(matches!(typed("4000 0000 0000 0002"), Typed::Refused(_)));
        for none in ["", "42", "my card", "4242x4242424242"] {
            assert_eq!(typed(none), Typed::NoCard, "{none}");
        }
    }
}
