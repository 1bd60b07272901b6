# When people take over; what owners and managers are told; reminders.

handing-over = { $tone ->
    [professional] Certainly. I am getting someone from the team; they will reply to you here.
   *[warm] Sure, I'm getting someone from the team. They'll reply to you right here.
}
    .voice = Sure, I'm getting someone from the team for you.
person-joined = Someone from the { $business } team is with you now.
handoff-apology = Sorry for the wait. I've reminded the team, and someone will get back to you as soon as they can.
handoff-gave-up = Sorry, nobody on the team is free right now, but they have your message. I'm here again if I can help.
agent-resumed = It's me again, the assistant. Let's pick up where we were.
emergency-advice = If this is an emergency, please call { $number } now or go to the nearest hospital. I'm also getting someone from the team.

# --- to the owners and managers

page = { $reminding ->
    [yes] Still waiting: { $customer } needs a person. { why }
   *[no] { $customer } needs a person. { why }
}
why = { $signal ->
    [asked] They asked for one.
    [not-understood] I didn't understand them three times running.
    [unhappy] They sound unhappy.
    [too-costly] This conversation has reached its cost limit.
    [sensitive-number] They sent an ID or card number (I've hidden it).
    [compliance] It may be an emergency, a threat or self-harm: please look at once.
    [no-progress] We've been going back and forth without getting anywhere.
   *[tool-failing] Something outside keeps failing, so I can't finish.
}
page-doing = Doing: { $doing }
page-turns = Last messages:
page-turn = { $by ->
    [customer] Customer: { $text }
    [admin] Team: { $text }
   *[agent] Me: { $text }
}
page-next = { $signal ->
    [compliance] Next: call them now if you can.
    [unhappy] Next: apologise first, then offer a way out.
    [sensitive-number] Next: ask them to delete the number on their side too.
    [tool-failing] Next: take the booking by hand and tell them it's done.
   *[other] Next: say hello and ask how you can help.
}
page-command = Reply /engage { $who } to take over, /handback when you're done.
brief = In short, { $customer }:
brief-next = Perhaps next: { $next }
someone = a customer

note-booked = New booking: { $customer }, { $bookings }.{ $paid ->
    [yes] {" "}Paid: { $amount }.
   *[no] {""}
}
note-cancelled = Cancelled: { $customer }, { $bookings }.{ $paid ->
    [yes] {" "}To be refunded: { $amount }.
   *[no] {""}
}
note-moved = Moved: { $customer }, { $bookings }.
note-moved-rows = { $old } → { $new }
note-late-booked = { $customer }'s payment{ of-amount } came late; the slot was still free, so it's booked: { $bookings }.
note-late-counted = { $customer }'s payment{ of-amount } came late and counts for what is booked: { $bookings }. They pay that much less when they come.
note-late-returned = { $customer }'s payment{ of-amount } came after the slot was gone or called off. It's being sent back.
note-review = { $customer }'s payment doesn't agree with what was asked{ of-amount-received }. Nothing is booked: please look at it under Payments.
note-refund-by-hand = { $customer }'s refund{ of-amount } couldn't be sent automatically. Please send it back yourself.
note-refund-to-approve = { $customer }'s refund{ of-amount } is waiting: please approve it in your PesaPal account.
note-unconfirmed = Someone reported { $customer }'s payment{ of-amount } as paid, but the payment service doesn't confirm it. Nothing is booked until it does: please check your statement.
note-taken-back = { $customer }'s payment{ of-amount } has been taken back by the bank or card company. The booking still stands: { $bookings }.
note-waiting = { $customer } is still waiting for a person. Reply /engage { $who }.
note-gave-up = Nobody took over, so I'm talking to { $customer } again. Please call them when you can.
note-engaged = { $admin } is now with { $customer }.
note-late = { $customer } will be late: "{ $words }"
note-handed-back = I'm talking to { $customer } again.
of-amount = { $paid ->
    [yes] {" "}of { $amount }
   *[no] {""}
}
of-amount-received = { $paid ->
    [yes] : { $amount } came
   *[no] {""}
}

# --- reminders

reminder-day = { $business }: reminder{ called }, { $what } { $when }.{ at-venue } To change it reply MOVE or CANCEL.
    .voice = This is { $business } reminding you of { $what } { $when }.
reminder-hours = { $business }: see you soon{ called }! { $what } { $when }.{ at-venue }
    .voice = This is { $business } reminding you of { $what } { $when }.

# --- the house itself cancels or moves

owner-called-off = { $business }: sorry{ called }, we had to cancel { $what } { $when }.{ $paid ->
    [yes] {" "}Your { $amount } is on its way back to you.
   *[no] {""}
} Would another time suit you? Just reply with the day.
owner-moved = { $business }: sorry{ called }, we had to move your { $what }. It was { $old }, and is now { $when }. If that does not suit you, reply MOVE or CANCEL.
