# Majibu ya maswali.

services = Huduma zetu ni hizi:{ $services }
    .voice = Tunafanya { $services }.
services-one = { $service } ni { $price }, na inachukua { $duration }.
services-more = Ziko na zingine pia, uliza tu kwa jina.
price-row = { $service } – { $price } ({ $duration })
price-spoken = { $service } kwa { $price }
price-and-length = { $price }, { $duration }

open-on = { $day } tunafungua { $hours }.
closed-on = { $day } tumefunga.
open-week = Saa zetu:{ $week }
    .voice = Tunafungua { $week }.
span = { $from } hadi { $to }
days = { $from } hadi { $to }
closed = tumefunga

team = Timu yetu:{ $team }
    .voice = Timu yetu ni { $team }.
team-same = Timu yetu ni { $team }, na yeyote kati yao anaweza kukuhudumia.
team-row = { $staff }: { $services }

will-ask-team = { $tone ->
    [professional] Jibu hilo sina hapa. Nitawauliza wenzangu na watakujibu.
   *[warm] Swali zuri! Jibu sina hapa, lakini nitawauliza wenzangu na watakujibu.
}
back-to-it = Haya, turudi kwa booking yako.

one-moment = { $tone ->
    [professional] Subiri kidogo tafadhali, naangalia.
   *[warm] Ngoja kidogo, nikuangalilie.
}
