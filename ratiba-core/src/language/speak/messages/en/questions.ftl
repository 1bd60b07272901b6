# Answers to questions.

services = Here's what we do:{ $services }
    .voice = We do { $services }.
services-one = For { $service } it's { $price }, and it takes { $duration }.
services-more = There's more too, just ask for it by name.
price-row = { $service } – { $price } ({ $duration })
price-spoken = { $service } for { $price }
price-and-length = { $price }, { $duration }

open-on = { $day } we're open { $hours }.
closed-on = { $day } we're closed.
open-week = Our hours:{ $week }
    .voice = We're open { $week }.
span = { $from } to { $to }
days = { $from } to { $to }
closed = closed

team = Our team:{ $team }
    .voice = Our team is { $team }.
team-same = Our team is { $team }, and any of them can help you.
team-row = { $staff }: { $services }

will-ask-team = { $tone ->
    [professional] I do not have that answer here. I will ask the team and they will get back to you.
   *[warm] Good question! I don't have that answer here, so I'll ask the team and they'll get back to you.
}
back-to-it = Now, back to your booking.

one-moment = { $tone ->
    [professional] One moment, please. I am looking into it.
   *[warm] One moment, let me check that for you.
}
