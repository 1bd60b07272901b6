# Waiting for a time, proving a number, what comes after a visit, and the owner's day.

on-waitlist = { $dated ->
    [yes] Noted{ called }. I'll write to you as soon as { $service } opens up { $day }. First come, first served.
   *[no] Noted{ called }. I'll write to you as soon as a time for { $service } opens up. First come, first served.
}
    .voice = { $dated ->
    [yes] Noted, I'll let you know as soon as { $service } opens up { $day }.
   *[no] Noted, I'll let you know as soon as a time for { $service } opens up.
}
leave-waitlist = Take me off
off-waitlist = Okay, you're off the waiting list.
offer-freed = Good news{ called }: { $what } has opened up { $when }! { price-and-due } Would you like it? It's first come, first served until { $until }.
    .voice = { $what } has opened up { $when }, would you like it?
yes-take = Yes, I'll take it
still-on-waitlist = You're still on the waiting list.
no-show-deposit = Because earlier visits were missed, this time a deposit is needed to keep the slot.
tell-me = Tell me if free

code-sent = We know the number ending in { $phone } already. I've sent it a code of six digits: type it here any time and your bookings come together.
    .voice = We know that number already. I've sent it a code of six digits, tell me the code and your bookings come together.
code-wrong = { $left ->
    [1] That's not the code. You have one more try.
   *[other] That's not the code. You have { $left } more tries.
}
    .voice = That's not the code, please try again.
code-expired = That code no longer works. Send me your number again and I'll send a new one.
phone-joined = Thank you{ called }, the number is yours. Everything you've booked with us is here now.
ask-phone-to-see = If you've booked with your phone number before, send me the number. I'll send it a code, so that only you see them.
    .voice = If you've booked with your phone number before, tell me the number and I'll send it a code.
code-message = { $business }: your code is { $code }. It works for { $minutes } minutes. Don't share it with anyone, we never ask for it by phone.

follow-up = { $business }: thank you for coming{ called }! How was { $what }? Reply here, we read every word. To book again reply BOOK.
    .voice = This is { $business }, thank you for coming. How was it?

# --- the owner's day

digest = Good morning! { $business }, { $day }: { $count ->
    [0] nothing is booked yet.
    [1] one booking.
   *[other] { $count } bookings.
}
digest-staff = { $staff }: { $rows }
digest-yesterday = Yesterday: { $came } came, { $missed } did not, { $cancelled } cancelled.
digest-waiting = { $count ->
    [1] One customer waits for a person.
   *[other] { $count } customers wait for a person.
}
digest-list = { $count ->
    [1] One customer is on the waiting list.
   *[other] { $count } customers are on the waiting list.
}
digest-questions = { $count ->
    [1] One question nobody has answered yet.
   *[other] { $count } questions nobody has answered yet.
}
digest-undelivered = { $count ->
    [1] One message didn't reach your customer yesterday. We've kept it.
   *[other] { $count } messages didn't reach your customers yesterday. We've kept them.
}
digest-costs = Yesterday the chats cost: { $count ->
    [0] no billed messages, { $models } for models.
    [1] one billed message, { $models } for models.
   *[other] { $count } billed messages, { $models } for models.
}
digest-overflow = Your notes are more than can be read at once for one question. Shorten some or take old ones away, so that nothing is missed.
