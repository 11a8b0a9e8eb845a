//! The examples of `--help`.

pub const ABOUT: &str = "\
Push the full state of your resources to Vanta, from a shell or a script.

A push replaces everything that Vanta holds of a resource: a record that is not in the file is \
deleted. So every record is validated before anything is sent, and a push that would delete more \
than half of the live records is refused unless an option allows it.

The access token is shared: all commands and programs that name the same token store use one \
token, as Vanta keeps only the newest one valid.";

pub const SHORT: &str = "\
Examples:
  vanta doctor
  vanta schema user_account --csv > accounts.csv
  vanta push user_account accounts.csv --resource-id 66f0c0ffee0000000000a001

`vanta help COMMAND` has more of them.";

pub const LONG: &str = "\
Examples:
  The credentials come from the environment:
    export VANTA_CLIENT_ID=vci_…  VANTA_CLIENT_SECRET_FILE=/etc/vanta/secret
  Verify that Vanta can be reached, and see the remedy if it cannot:
    vanta doctor
  Begin with a CSV file that has the right columns:
    vanta schema user_account --csv > accounts.csv
  Validate, see what would change, push, and read back:
    vanta validate user_account accounts.csv
    vanta plan user_account accounts.csv --resource-id 66f0c0ffee0000000000a001
    vanta push user_account accounts.csv --resource-id 66f0c0ffee0000000000a001 --verify
  Use the shared token in a script of your own:
    curl -H \"Authorization: Bearer $(vanta token)\" https://api.vanta.com/v1/…

Exit codes:
    0  done; for a push: Vanta clearly accepted it
   64  correct the call
   65  correct the records, or allow what the push would delete
   70  report it
   75  run the same again later; the command that failed changed nothing
   76  verify, or run the same again: it may or may not have taken effect
   77  correct the credentials
   78  correct the configuration
  130  the command was ended by a signal

Secrets are read from files, commands and the environment, never from the command line.
Every variable is listed in docs/configuration.md; docs/command-line.md is the manual.";

pub const TOKEN: &str = "\
Examples:
  One token for all scripts; it is requested only when the stored one expires:
    curl -H \"Authorization: Bearer $(vanta token)\" https://api.vanta.com/v1/…
  Vanta rejected the token with 401: print another one
    token=$(printf %s \"$token\" | vanta token --rejected -)

The token is stored in a private file, see --token-store. It is not printed to a terminal, unless
--force is given.";

pub const VALIDATE: &str = "\
Examples:
  vanta validate user_account accounts.csv
  sqlite3 -csv -header hr.db 'select * from accounts' | vanta validate user_account -
  vanta validate user_account accounts.json --json | jq '.errors[].cell'

A CSV file has a header row with the names of fields, and a row for each record. Values of a list
are separated by ;, nested fields are written as customProperties.team. An empty cell leaves the
field out, and \"\" is an empty text. `vanta schema KIND --csv` prints a template.";

pub const PLAN: &str = "\
Examples:
  vanta plan user_account accounts.csv --resource-id 66f0c0ffee0000000000a001
  vanta plan user_account request.json --json | jq '.removed | length'

In the list, + is a record that would be added, - one that would be deleted, ~ a value that would
change. The exit code is 65 where the deletion guard would refuse the push.";

pub const PUSH: &str = "\
Examples:
  A request file holds the resource id; all other formats need --resource-id:
    vanta push user_account request.json
    vanta push user_account accounts.csv --resource-id 66f0c0ffee0000000000a001
  From a database, without a file; the push fails if nothing is read:
    sqlite3 -csv -header hr.db 'select * from accounts' |
      vanta push user_account - --resource-id 66f0c0ffee0000000000a001
  Read back what was pushed, and keep the receipts:
    vanta push user_account request.json --verify --audit-file /var/lib/vanta/audit.jsonl
  Send nothing if nothing changed, and keep people who left as deactivated accounts:
    vanta push user_account accounts.csv --resource-id 66f0c0ffee0000000000a001 \\
      --if-changed --leavers 90d
  Forty people left at once:
    vanta push user_account request.json --expect-removals 40

A push is idempotent: after exit codes 75 and 76, run the same again.";

pub const VERIFY: &str = "\
Examples:
  vanta verify user_account request.json
  vanta push user_account request.json; [ $? -ne 76 ] || vanta verify user_account request.json

It settles what became of a push whose outcome is unknown (exit code 76). The list is read up to
three times within some seconds, since Vanta may show a push late.";

pub const LIST: &str = "\
Examples:
  vanta list user_account 66f0c0ffee0000000000a001
  vanta list user_account 66f0c0ffee0000000000a001 --json | jq -r .uniqueId
  Save the live records, to push them again later:
    vanta list user_account 66f0c0ffee0000000000a001 --records > accounts.ndjson";

pub const UPLOAD: &str = "\
Example:
  vanta upload access-requests requests.pdf --effective-at-date 2026-01-31

Each upload adds a version: after exit code 76, look at the document before you upload again.";

pub const STATUS: &str = "\
Examples:
  vanta status
  vanta status --json | jq .secondsLeft

Only the token store is read. No token is requested, and none is printed.";

pub const SCHEMA: &str = "\
Examples:
  vanta schema user_account                    the schema, in JSON Type Definition (RFC 8927)
  vanta schema user_account --example          a record with every field
  vanta schema user_account --csv > new.csv    a CSV file to begin with
  vanta schema --diff build-integrations.json  what the service has and this program does not

--diff exits with 70 where the two differ.";

pub const DOCTOR: &str = "\
Each step has a line: what was found, and what to do about it. The exit code is that of the first
step that failed. The credentials are tried last, by taking the shared token: one is requested only
if the store has none.

Example:
  vanta doctor || mail -s 'Vanta cannot be reached' ops@example.com < /dev/null";

pub const COMPLETIONS: &str = "\
Examples:
  vanta completions bash > ~/.local/share/bash-completion/completions/vanta
  vanta completions zsh > \"${fpath[1]}/_vanta\"
  vanta completions fish > ~/.config/fish/completions/vanta.fish";
