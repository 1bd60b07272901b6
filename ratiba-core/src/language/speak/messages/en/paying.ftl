# Confirming a booking and paying for it.

# ", Wanjiru"
called = { $named ->
    [yes] , { $name }
   *[no] {""}
}

# "…, then Beard Trim with Brian at 3:30 pm"
what-at = { $what } at { $time }
then = { $bookings }, then { $next }

# "Haircut with Brian"
what = { $staffed ->
    [yes] { $service } with { $staff }
   *[no] { $service }
}

confirm-booking = { $tone ->
    [professional] I have reserved { $what } for you { $when }. { price-and-due } Shall I confirm?
    [playful] Sorted{ called }! { $what } { $when }. { price-and-due } Shall I lock it in?
   *[warm] Great{ called }, I've kept { $what } for you { $when }. { price-and-due } Shall I book it?
}
    .voice = I've kept { $what } for you { $when }, { price-spoken-due }. Shall I book it?
price-spoken-due = { $pays ->
    [full] { $price } by { $rail }
    [deposit] { $price } with a deposit of { $due } by { $rail }
   *[venue] { $price } when you come
}
price-and-due = { $pays ->
    [full] The price is { $price }, paid by { $rail } when you confirm.
    [deposit] The price is { $price }, with a deposit of { $due } by { $rail } when you confirm.
   *[venue] The price is { $price }, paid when you come.
}
yes-book = Yes, book it

suggest-alongside = { $tone ->
    [professional] { $service } can be added directly afterwards for { $price }; simply say "with { $service }".
    [playful] And { $service } right after? It's { $price }: say "with { $service }" and it's on.{ ICON("😉") }
   *[warm] { $service } goes well right after, for { $price }: just say "with { $service }" and I'll fit it in.
}
    .voice = { $service } goes well right after, just say with { $service }.
one-then-the-other = I'll fit in { $service } right after.
no-room-right-after = There's no room for { $service } right after, but you can book it on its own.

hold-expired = I kept that slot for you as long as I could, but it's open to others now. Are you still interested?
not-booked = Okay, I haven't booked anything. Write to me when you're ready.
    .voice = Okay, I haven't booked anything.

offer-cross-sell = { $tone ->
    [professional] Would you also like { $what } directly afterwards, at { $time }? It is { $price }.
    [playful] While you're here: { $what } right after, at { $time }, for just { $price }?
   *[warm] Would you like to add { $what } right after, at { $time }? It's { $price }.
}
    .voice = Would you like to add { $what } right after, at { $time }, for { $price }?
yes-add = Yes, add it
no-thanks = No, thanks
confirm-bundle = So that's { $first } { $when }, then { $second } at { $time }. { $pays ->
    [full] It's { $price } in all, paid by { $rail }.
    [deposit] It's { $price } in all, with a deposit of { $due } by { $rail }.
   *[venue] It's { $price } in all, paid when you come.
} Shall I book both?
    .voice = That's { $first } { $when }, then { $second } at { $time }, in all { price-spoken-due }. Shall I book both?
yes-both = Yes, book both
no-first = No, just the first

prompt-sent = { $tone ->
    [professional] I have sent an M-Pesa request of { $amount } to { $phone }. Please enter your PIN; the booking is confirmed as soon as the payment arrives.
   *[warm] I've sent an M-Pesa request of { $amount } to { $phone }. Enter your PIN and I'll confirm as soon as it comes through.
}
    .voice = I've sent an M-Pesa request of { $amount } to your phone. Enter your PIN and I'll confirm it.
prompt-uncertain = M-Pesa hasn't answered me, so I can't tell if the request of { $amount } has reached your phone. If it comes up, enter your PIN. If not, I'll tell you in a few minutes and we can try again.
    .voice = M-Pesa hasn't answered me. If the request comes up on your phone, enter your PIN.
pay-on-page = Tap the link to pay { $amount } by card. I'll confirm as soon as it comes through.
    .voice = I'm sending you a link to pay { $amount } by card.
pay-link = Pay by card

payment-still-open = I'm still waiting for your payment of { $amount }. Check your phone and enter your PIN, or say "cancel" to call it off.

card-still-open = I'm still waiting for your card payment of { $amount }. Use the link I sent you, or say "cancel" to call it off.
page-still-open = Your slot is still kept. Tap the link to pay { $amount } by card, or say "cancel" if you've changed your mind.
    .voice = I'm still waiting for your card payment of { $amount }. Use the link I sent you.

payment-failed = { $reason ->
    [wrong-pin] The payment didn't go through: the PIN was wrong.
    [insufficient-funds] The payment didn't go through: there wasn't enough money in the account.
    [cancelled-on-phone] The payment didn't go through: the request was cancelled on the phone.
    [unreachable] The payment didn't go through: the phone couldn't be reached.
    [busy] The payment didn't go through: another payment was still going on.
    [limit] The payment didn't go through: it would go over the account's limit.
    [invalid-number] The payment didn't go through: that number can't pay with M-Pesa.
    [provider-down] The payment didn't go through: the payment service isn't responding just now.
    [misconfigured] The payment didn't go through because of a problem on our side, sorry about that.
    [declined] The payment didn't go through: the card was declined.
   *[other] Sorry, the payment didn't go through.
} { pay-again }
    .voice = { $reason ->
    [wrong-pin] The PIN was wrong, so the payment failed.
    [insufficient-funds] There wasn't enough money, so the payment failed.
    [cancelled-on-phone] The request was cancelled on the phone.
    [unreachable] The phone couldn't be reached, so the payment failed.
    [busy] Another payment was still going on, so this one failed.
    [limit] The payment would go over the account's limit.
    [invalid-number] That number can't pay with M-Pesa.
    [provider-down] The payment service isn't responding just now.
    [misconfigured] The payment failed because of a problem on our side.
    [declined] The card was declined.
   *[other] Sorry, the payment failed.
} Shall we try again{ $by-number ->
    [yes] , { $rail ->
        [card] use M-Pesa
       *[mpesa] use another number
    }
   *[no] {""}
}{ $by-card ->
    [yes] , pay by card
   *[no] {""}
}{ $at-venue ->
    [yes] , or will you pay when you come
   *[no] {""}
}?
pay-again = Your slot is still kept. Shall we try again?
retry = Try again
other-number = Another number
use-mpesa = Use M-Pesa
card = Pay by card
venue = Pay at the venue

payment-under-review = The payment that came in doesn't match what I asked for, so one of us is checking it. They'll write to you here.
review-outlasted = We're still checking the payment that came in, so I've let the slot go. We'll book you in or send the money back, and write to you here.

payment-timed-out = I haven't seen your payment, so I've let the slot go. If any money left your account, we'll book you in or send it back. Still want it? Just say "try again".
    .voice = I haven't seen your payment, so I've let the slot go. If any money left your account, we'll book you in or send it back.
payment-cancelled = Okay, I've called off the payment and let the slot go. If an M-Pesa prompt still pops up, just ignore it.
card-cancelled = Okay, I've called off the payment and let the slot go. Please don't use the link any more.
ask-payer-phone = Which number should I send the M-Pesa request to?

paid-and-booked = { $tone ->
    [professional] Thank you{ called }. We have received { $amount }{ receipt-words }. Your booking is confirmed: { $bookings }.{ remaining }
    [playful] Paid and booked! We got your { $amount }{ receipt-words }. That's { $bookings }.{ remaining } See you!{ ICON("🎉") }
   *[warm] Asante{ called }! We've received { $amount }{ receipt-words }, so you're booked: { $bookings }.{ remaining } See you then!{ ICON("🎉") }
}
    .voice = Asante, we've received { $amount }. You're booked: { $bookings }.
receipt-words = { $receipted ->
    [yes] {" "}(receipt { $receipt })
   *[no] {""}
}
remaining = { $remains ->
    [yes] {" "}The balance of { $remaining } is paid when you come.
   *[no] {""}
}
booked = { $tone ->
    [professional] Your booking is confirmed: { $bookings }.{ at-venue } Thank you.
    [playful] You're in! { $bookings }.{ at-venue } See you!{ ICON("🎉") }
   *[warm] You're booked{ called }: { $bookings }.{ at-venue } See you then!{ ICON("🎉") }
}
    .voice = You're booked: { $bookings }.
at-venue = { $remains ->
    [yes] {" "}You pay { $remaining } when you come.
   *[no] {""}
}

late-money-booked = Your { $amount } came in late{ receipt-words }, but the slot was still free, so you're booked after all.
late-money-counted = Your { $amount } has come in after all{ receipt-words }. It counts for your booking, so you pay that much less when you come.
late-money-returned = Your { $amount } came in after the slot had gone to someone else. We're sending it back to you, sorry about that.
paid-twice = You've paid twice for the same booking, so we're sending { $amount } back to you. Your booking stands.
returned-after-cancel = Your money came through after you'd called the payment off, so we're sending it back to you.
refunded = We've sent { $amount } back to you.
