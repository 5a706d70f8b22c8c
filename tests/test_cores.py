"""Taking turns: never more at once than may be, first come, first served, and no turn is ever lost."""

import signal
import threading
import time

import pytest

from cydqa.cores import Turns, cores


def started(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def waiting(turns, count):
    while len(turns._waiting) < count:
        time.sleep(0.001)


def test_no_more_than_may_work_at_once():
    turns, at_work, most = Turns(2), [], []

    def work():
        for _ in range(50):
            with turns:
                at_work.append(1)
                most.append(len(at_work))
                time.sleep(0.0001)
                at_work.pop()

    for thread in [started(work) for _ in range(6)]:
        thread.join()
    assert max(most) == 2
    assert len(most) == 300


def test_who_comes_first_is_served_first_even_before_who_comes_again():
    turns, served, threads = Turns(1), [], []

    def work(name):
        with turns:
            served.append(name)

    with turns:
        for place, name in enumerate("abc"):
            threads.append(started(lambda name=name: work(name)))
            waiting(turns, place + 1)
    work("again")
    for thread in threads:
        thread.join()
    assert served == ["a", "b", "c", "again"]


def test_a_turn_is_given_back_after_an_error():
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns:
            1 / 0  # noqa: B018


def test_who_is_interrupted_while_waiting_takes_no_turn_along():
    turns, free = Turns(1), threading.Event()

    def hold():
        with turns:
            free.wait()

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    thread = started(hold)
    while turns._free:
        time.sleep(0.001)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt), turns:
            pass
    finally:
        signal.signal(signal.SIGALRM, before)
        free.set()
    thread.join()
    with turns:
        assert not turns._waiting


def test_there_is_a_core():
    assert cores() >= 1
