# Looking at bookings, cancelling them, moving them.

my-bookings = { $count ->
    [1] You have one booking: { $bookings }.
   *[other] Your bookings:{ $bookings }
}
    .voice = You have { $bookings }.
no-bookings = You have nothing booked at the moment.

ask-which-booking = { $moving ->
    [yes] Which one would you like to move: { $options }?
   *[no] Which one would you like to cancel: { $options }?
}
    .voice = { $moving ->
    [yes] Which one would you like to move?
   *[no] Which one would you like to cancel?
}

confirm-cancel = { $cancellation ->
    [forgiving] No problem, plans change. { cancel-cost } Shall I cancel { $what } { $when }?
    [firm] { $hours ->
        [0] { cancel-cost } Do you want me to cancel { $what } { $when }?
       *[other] Cancelling is free only until { $notice } before. { cancel-cost } Do you want me to cancel { $what } { $when }?
    }
   *[neutral] { cancel-cost } Shall I cancel { $what } { $when }?
}
    .voice = { cancel-cost } Shall I cancel { $what } { $when }?
cancel-cost = { $money ->
    [all-back] Cancelling is free, and you get your { $refund } back.
    [part-back] It's less than { $notice } to go, so { $refund } comes back to you and { $kept } is kept.
    [kept] It's less than { $notice } to go, so the { $kept } you paid is not refunded.
    [part-back-always] If you cancel, { $refund } comes back to you and { $kept } is kept.
    [kept-always] If you cancel, the { $kept } you paid is not refunded.
   *[nothing] Cancelling is free.
}
yes-cancel = Yes, cancel it
no-keep = No, keep it

cancelled = { $cancellation ->
    [forgiving] Done, I've cancelled { $what } { $when }.{ refund-coming } We hope to see you another day.
   *[neutral] Done, I've cancelled { $what } { $when }.{ refund-coming }
}
    .voice = Done, I've cancelled { $what } { $when }.{ refund-coming }
refund-coming = { $refunded ->
    [yes] {" "}We're sending { $refund } back to you.
   *[no] {""}
}
kept-booking = { $tone ->
    [professional] Certainly, it stays as it is: { $what } { $when }.
   *[warm] Great, it stays as it is: { $what } { $when }.
}

ask-new-time = You have { $what } { $when }. Which day and time would you like instead?
confirm-move = So I'm moving { $what } from { $old } to { $new }. Shall I go ahead?
yes-move = Yes, move it
moved = { $tone ->
    [professional] Done. { $what } is now { $new }.
   *[warm] Done! { $what } is now { $new }. See you then!
}
    .voice = Done, { $what } is now { $new }.

ask-drop-draft = { $served ->
    [yes] We haven't finished booking { $service }. Shall I drop it?
   *[no] We haven't finished your booking. Shall I drop it?
}
yes-drop = Yes, drop it
no-go-on = No, carry on
