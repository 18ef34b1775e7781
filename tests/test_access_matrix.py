"""Who may open what."""
import pytest, time, collections
from django.db import transaction
from django.test import Client
from . import access, access_world
from .conftest import signed_in

pytestmark = pytest.mark.django_db

@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        t=time.time()
        factories_site = __import__("tests.factories", fromlist=["x"])
        factories_site.OrganisationFactory()
        pages = access_world.pages_by_reader()
        objects = access_world.objects_to_name(pages)
        targets = [*access.pattern_targets(objects), *access.page_targets(pages)]
        clients = {n: signed_in(u) if u else Client() for n,u in access_world.people().items()}
        print("world", time.time()-t)
        yield targets, clients
        transaction.set_rollback(True)

def test_x(world):
    targets, clients = world
    spent = collections.Counter()
    out=open("/tmp/mx/table.txt","w")
    for t in targets:
        row=[]
        for n,c in clients.items():
            s=time.time()
            a=access.ask(c,t.address)
            o=access.outcome_of(a)
            extra=""
            if o is access.Outcome.POST_ONLY:
                a=access.ask(c,t.address,"post"); o=access.outcome_of(a); extra="(post)"
            spent[n]+=time.time()-s
            row.append(o.name+extra+("" if a.status_code!=500 else repr(a.exc_info[1])[:150]))
            if o not in (access.Outcome.OPEN,):
                b=access.outcome_of(access.ask(c,t.address,"post"))
                if b is not o: row[-1]+="/post:"+b.name
        print(t.name,"|"," ".join(f"{x:9}" for x in row), file=out)
    print(len(targets), spent)
