"""The registry holds together."""

from collections import Counter

from player.commands import BY_NAME, BY_VERB, COMMANDS


def test_names_verbs_and_keys_are_unique():
    for values in (
        [command.name for command in COMMANDS],
        [command.cli for command in COMMANDS if command.cli],
    ):
        assert Counter(values).most_common(1)[0][1] == 1
    assert len(BY_NAME) == len(COMMANDS)


def test_a_key_means_one_thing():
    keys = Counter(key for command in COMMANDS for key in command.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_a_sequence_does_not_begin_with_a_key_of_its_own():
    keys = {key for command in COMMANDS for key in command.keys}
    begun = {key.split()[0] for key in keys if " " in key}
    assert begun.isdisjoint(keys)


def test_everything_says_what_it_is():
    for command in COMMANDS:
        assert command.title
        for argument in (*command.args, *command.options):
            assert argument.help
            assert (argument.shape == "choice") == bool(argument.choices)


def test_only_the_last_argument_takes_all_words():
    for command in COMMANDS:
        assert all(argument.shape != "rest" for argument in command.args[:-1])


def test_verbs_of_two_words_do_not_hide_one_word_verbs():
    for verb in BY_VERB:
        assert verb.split()[0] not in BY_VERB or " " not in verb
