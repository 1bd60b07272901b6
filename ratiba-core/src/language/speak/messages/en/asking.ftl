# Questions for what is still missing.

ask-service = { $tone ->
    [professional] Which service would you like to book?
    [playful] So what are we doing today?
   *[warm] Which service would you like?
}
    .voice = Which service would you like?
ask-service-long = { ask-service } We also do { $others }, just type its name.
    .voice = Which service would you like?

ask-which-service = Which one do you mean: { $options }?
    .voice = Which one do you mean?
no-such-service = Sorry, we don't do that one here.

ask-staff = Who would you like for { $service }: { $options }, or anyone who's free?
    .voice = Who would you like for { $service }?
anyone = Anyone
staff-not-qualified = { $others ->
    [none] { $staff } doesn't do { $service }.
   *[some] { $staff } doesn't do { $service }, but { $others } can help you.
}

ask-when = { $tone ->
    [professional] Which day and time would you prefer for { $service }?
   *[warm] For { $service }, which day and time suit you?
}
    .voice = For { $service }, which day and time suit you?
ask-time = What time works for you { $day }?
ask-day = Sure, { $time } on which day?
ask-which-time = Do you mean { $options }?
ask-which-time-on = { $day }: do you mean { $options }?
    .voice = Do you mean { $options } { $day }?

ask-phone = { $pays ->
    [yes] What's your M-Pesa number? I'll use it for the payment and to remind you.
   *[no] What's your phone number? I'll use it to remind you.
}
    .voice = What's your phone number?
bad-phone = That number doesn't look right. Send it like this: { $example }.
    .voice = That number doesn't sound right, please say all its digits again.
phone-taken = The number ending in { $phone } is already known to us. To keep its bookings private, I won't show them here until we've confirmed it's yours.
    .voice = That number is already known to us, so its bookings stay private until we've confirmed it's yours.

list-services = Services
list-staff = Choose who
list-slots = Times
list-bookings = Bookings
list-menu = Menu
list-options = Options
yes = Yes
no = No
