"""The judge of a burst must see every kind of fault, and none where there is none."""

from bench.check import Verdict, judge_room

# Two members speak in turn: 0 and 2 are the first one's, 1 and 3 the second one's.
SENT = {0: 0, 1: 1, 2: 0, 3: 1}


def test_everybody_saw_everything_in_one_order():
    assert judge_room(SENT, [[0, 1, 2, 3], [0, 1, 2, 3]]) == Verdict()


def test_another_order_than_sent_is_no_fault_while_each_sender_keeps_his():
    assert judge_room(SENT, [[1, 3, 0, 2], [1, 3, 0, 2]]) == Verdict()


def test_a_message_that_one_member_never_got_is_lost_once():
    assert judge_room(SENT, [[0, 1, 2, 3], [0, 1, 3]]) == Verdict(lost=1)


def test_a_message_that_nobody_got_is_lost_for_each_of_them():
    assert judge_room(SENT, [[], []]) == Verdict(lost=8)


def test_a_message_that_came_twice_is_doubled_and_not_also_disordered():
    assert judge_room(SENT, [[0, 1, 2, 3, 0], [0, 1, 2, 3]]) == Verdict(doubled=1)


def test_a_sender_overtaken_by_himself_is_out_of_order_for_each_who_saw_it():
    assert judge_room(SENT, [[2, 0, 1, 3], [2, 0, 1, 3]]) == Verdict(disordered=2)


def test_members_who_saw_two_senders_the_other_way_round_disagree():
    assert judge_room(SENT, [[0, 1, 2, 3], [1, 0, 2, 3], [0, 1, 2, 3]]) == Verdict(disagreeing=1)


def test_a_gap_alone_is_no_disagreement():
    assert judge_room(SENT, [[0, 2, 3], [0, 1, 3]]) == Verdict(lost=2)
