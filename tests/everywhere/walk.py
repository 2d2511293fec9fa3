"""One walk of everybody through everything, for all who want to know something of it."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.test import Client

from tests import crowd, reading, walking, watching
from tests import world as worlds
from tests.everywhere.faults import faults_of_answer, faults_of_forms, faults_of_head, is_letter, place_of
from tests.reading import Form
from tests.walking import Visit
from tests.world import World

# Whose forms are fuzzed first; whoever is shown yet another form is asked after them.
ORDER = ("basic", "mending", "anonymous", "admin", "staff_administrator", "staff_of_both")
FIRST, LATER = 4, 1  # pages of one kind that they see, and those who come after: the rooms are known, their rights not
WHO_READS = {  # and nobody else
    crowd.MINE: {"viewer", "buyer", "subscriptions_manager", "storefront_manager", "admin"},
    crowd.NEIGHBOURS: {"neighbour"},
    crowd.ELSEWHERE: {"other_reseller", "staff_elsewhere"},
}
AT_THE_OTHER = {"other_reseller", "staff_elsewhere", "staff_of_both"}  # the names of Sudlicht are theirs to read


@dataclass
class Found:
    """A form as somebody is shown it."""

    who: str
    shown_at: str
    form: Form
    route: str
    face: str


@dataclass
class Walk:
    """What was found: faults, who read which planted word, who met the other distributor's names, each form once."""

    people: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    read: dict[str, set[str]] = field(default_factory=lambda: {word: set() for word in WHO_READS})
    names_other: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    forms: dict[tuple, Found] = field(default_factory=dict)

    def look_at(self, who: str, visit: Visit) -> None:
        found = faults_of_answer(visit) + faults_of_head(visit)
        if visit.page is not None:
            found += reading.faults_of(visit.page, is_letter=is_letter(visit)) + faults_of_forms(visit)
            text = visit.response.text
            for word in WHO_READS:
                if word in text:
                    self.read[word].add(who)
            at_home = urlsplit(visit.address).netloc in (worlds.STORE, worlds.BSS)
            if at_home and who not in AT_THE_OTHER and ("Sudlicht" in text or "Lumen" in text):
                self.names_other.append(f"{who}: {visit.address}")
        self.wrong += [f"{who}: {visit.address}: {fault}" for fault in found]

    def keep_forms(self, who: str, visit: Visit) -> None:
        """By where a form goes, what it asks and how; the first who is shown it sends it."""
        for form in visit.page.forms if visit.page and visit.page.is_document else ():
            face, route = place_of(form.action.partition("?")[0])
            asked = tuple(sorted((name, form.kind_of(name)) for name in form.names))
            self.forms.setdefault((face, route, form.method, asked), Found(who, visit.address, form, route, face))


def walk_everywhere(world: World, clients: dict[str, Client]) -> Walk:
    """What is the same for all (styles, scripts, icons) is asked for once."""
    walk, before, assets = Walk(), watching.digests(), set()
    others = [who for who in clients if who not in ORDER]
    for who in [*ORDER, *others]:
        walk.people.add(who)
        alike = FIRST if who in ORDER else LATER
        doors = crowd.doors(world, who)
        visits, astray = walking.walk(clients[who], doors, hosts=crowd.HOSTS, known=assets, alike=alike)
        assets |= {visit.address for visit in visits if visit.path.startswith("/static/")}
        walk.wrong += [f"{who}: leads away: {link}" for link in astray]
        walk.wrong += [f"{who}: dead anchor: {link}" for link in walking.dead_anchors(visits)]
        for visit in visits:
            walk.look_at(who, visit)
            walk.keep_forms(who, visit)
    walk.changed = watching.changed(before)
    return walk
