# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_vanta_global_optspecs
    string join \n json q/quiet v/verbose color= h/help V/version
end

function __fish_vanta_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_vanta_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_vanta_using_subcommand
    set -l cmd (__fish_vanta_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c vanta -n "__fish_vanta_needs_command" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_needs_command" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_needs_command" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_needs_command" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vanta -n "__fish_vanta_needs_command" -s V -l version -d 'Print version'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "token" -d 'Print an access token, for curl and old scripts'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "validate" -d 'Validate every record of a file; nothing is sent'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "plan" -d 'Show what a push would change; nothing is sent'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "push" -d 'Replace the full state of a resource with the records of a file'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "verify" -d 'Compare the live records with those of a file'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "list" -d 'List what Vanta holds of a resource'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "upload" -d 'Upload a file for a document'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "status" -d 'Show the state of the token and of its rate limit; nothing is requested'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "kinds" -d 'List the kinds of resources'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "schema" -d 'Print the schema of a kind, an example record, or a CSV template'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "doctor" -d 'Check the configuration and the way to Vanta, step by step'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "man" -d 'Print the man page'
complete -c vanta -n "__fish_vanta_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vanta -n "__fish_vanta_using_subcommand token" -l valid-for -d 'How long the token must still be valid, such as 10m' -r
complete -c vanta -n "__fish_vanta_using_subcommand token" -l rejected -d 'A file, or - for standard input, with a token that Vanta rejected with 401: another one is printed' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand token" -l client-id -d 'The application\'s id [env: VANTA_CLIENT_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand token" -l client-secret-file -d 'A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand token" -l client-secret-command -d 'A command that prints the client secret, such as "vault read -field=secret kv/vanta". It runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]' -r -f -a "(__fish_complete_command)"
complete -c vanta -n "__fish_vanta_using_subcommand token" -l origin -d 'Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]' -r -f
complete -c vanta -n "__fish_vanta_using_subcommand token" -l scope -d 'The scopes to request, separated by spaces [env: VANTA_SCOPE]' -r
complete -c vanta -n "__fish_vanta_using_subcommand token" -l token-store -d 'Where the token is stored: an absolute path, a URL of Redis, or `memory` [env: VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand token" -l ca-file -d 'A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand token" -l proxy -d '`http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]' -r
complete -c vanta -n "__fish_vanta_using_subcommand token" -l audit-file -d 'A file to which receipts are appended [env: VANTA_AUDIT_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand token" -l deadline -d 'How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]' -r
complete -c vanta -n "__fish_vanta_using_subcommand token" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand token" -l force -d 'Print to a terminal too, where others may see the token'
complete -c vanta -n "__fish_vanta_using_subcommand token" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand token" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand token" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand token" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand validate" -s r -l resource-id -d 'The id that the Developer Console shows for the resource; only a JSON request holds it itself [env: VANTA_RESOURCE_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand validate" -s f -l format -d 'How the records are written; by default this is recognised' -r -f -a "request\t'One JSON object: {"resourceId": …, "resources": […]}'
array\t'A JSON array of records'
ndjson\t'One JSON object a line, each a record'
csv\t'A header row with the names of fields, then one row for each record'"
complete -c vanta -n "__fish_vanta_using_subcommand validate" -l delimiter -d 'What separates the cells of CSV: one character, or `tab`' -r
complete -c vanta -n "__fish_vanta_using_subcommand validate" -l custom-properties -d 'A file with the schema of the custom properties (JSON Type Definition), as the Developer Console shows it' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand validate" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand validate" -l allow-empty -d 'Accept a file without records'
complete -c vanta -n "__fish_vanta_using_subcommand validate" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand validate" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand validate" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vanta -n "__fish_vanta_using_subcommand plan" -s r -l resource-id -d 'The id that the Developer Console shows for the resource; only a JSON request holds it itself [env: VANTA_RESOURCE_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -s f -l format -d 'How the records are written; by default this is recognised' -r -f -a "request\t'One JSON object: {"resourceId": …, "resources": […]}'
array\t'A JSON array of records'
ndjson\t'One JSON object a line, each a record'
csv\t'A header row with the names of fields, then one row for each record'"
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l delimiter -d 'What separates the cells of CSV: one character, or `tab`' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l custom-properties -d 'A file with the schema of the custom properties (JSON Type Definition), as the Developer Console shows it' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l leavers -d 'Keep accounts that are live and not in the file as deactivated for this time, such as 90d, instead of deleting them; only for user_account' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l expect-removals -d 'Allow the push to delete at most N live records' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l baseline -d 'Compare the number of records with this receipt (the output of an earlier `push --json`, or an audit file) instead of reading the live records' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l live-components -d 'Read the live components of this resource before vulnerabilities that name them' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l client-id -d 'The application\'s id [env: VANTA_CLIENT_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l client-secret-file -d 'A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l client-secret-command -d 'A command that prints the client secret, such as "vault read -field=secret kv/vanta". It runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]' -r -f -a "(__fish_complete_command)"
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l origin -d 'Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]' -r -f
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l scope -d 'The scopes to request, separated by spaces [env: VANTA_SCOPE]' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l token-store -d 'Where the token is stored: an absolute path, a URL of Redis, or `memory` [env: VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l ca-file -d 'A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l proxy -d '`http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l audit-file -d 'A file to which receipts are appended [env: VANTA_AUDIT_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l deadline -d 'How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]' -r
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l allow-empty -d 'Allow a push without records, which deletes all; the other limits still apply'
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l allow-any-removals -d 'Turn the deletion guard off: whatever is not in the file is deleted'
complete -c vanta -n "__fish_vanta_using_subcommand plan" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand plan" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand plan" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vanta -n "__fish_vanta_using_subcommand push" -s r -l resource-id -d 'The id that the Developer Console shows for the resource; only a JSON request holds it itself [env: VANTA_RESOURCE_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -s f -l format -d 'How the records are written; by default this is recognised' -r -f -a "request\t'One JSON object: {"resourceId": …, "resources": […]}'
array\t'A JSON array of records'
ndjson\t'One JSON object a line, each a record'
csv\t'A header row with the names of fields, then one row for each record'"
complete -c vanta -n "__fish_vanta_using_subcommand push" -l delimiter -d 'What separates the cells of CSV: one character, or `tab`' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -l custom-properties -d 'A file with the schema of the custom properties (JSON Type Definition), as the Developer Console shows it' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand push" -l leavers -d 'Keep accounts that are live and not in the file as deactivated for this time, such as 90d, instead of deleting them; only for user_account' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -l expect-removals -d 'Allow the push to delete at most N live records' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -l baseline -d 'Compare the number of records with this receipt (the output of an earlier `push --json`, or an audit file) instead of reading the live records' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand push" -l live-components -d 'Read the live components of this resource before vulnerabilities that name them' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -l client-id -d 'The application\'s id [env: VANTA_CLIENT_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -l client-secret-file -d 'A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand push" -l client-secret-command -d 'A command that prints the client secret, such as "vault read -field=secret kv/vanta". It runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]' -r -f -a "(__fish_complete_command)"
complete -c vanta -n "__fish_vanta_using_subcommand push" -l origin -d 'Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]' -r -f
complete -c vanta -n "__fish_vanta_using_subcommand push" -l scope -d 'The scopes to request, separated by spaces [env: VANTA_SCOPE]' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -l token-store -d 'Where the token is stored: an absolute path, a URL of Redis, or `memory` [env: VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand push" -l ca-file -d 'A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand push" -l proxy -d '`http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -l audit-file -d 'A file to which receipts are appended [env: VANTA_AUDIT_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand push" -l deadline -d 'How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]' -r
complete -c vanta -n "__fish_vanta_using_subcommand push" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand push" -s n -l dry-run -d 'Only show what the push would change, as `vanta plan` does'
complete -c vanta -n "__fish_vanta_using_subcommand push" -l verify -d 'Read the live records back afterwards, and compare them'
complete -c vanta -n "__fish_vanta_using_subcommand push" -l if-changed -d 'Send nothing if the live records are those of the file already'
complete -c vanta -n "__fish_vanta_using_subcommand push" -l allow-empty -d 'Allow a push without records, which deletes all; the other limits still apply'
complete -c vanta -n "__fish_vanta_using_subcommand push" -l allow-any-removals -d 'Turn the deletion guard off: whatever is not in the file is deleted'
complete -c vanta -n "__fish_vanta_using_subcommand push" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand push" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand push" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand push" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vanta -n "__fish_vanta_using_subcommand verify" -s r -l resource-id -d 'The id that the Developer Console shows for the resource; only a JSON request holds it itself [env: VANTA_RESOURCE_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand verify" -s f -l format -d 'How the records are written; by default this is recognised' -r -f -a "request\t'One JSON object: {"resourceId": …, "resources": […]}'
array\t'A JSON array of records'
ndjson\t'One JSON object a line, each a record'
csv\t'A header row with the names of fields, then one row for each record'"
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l delimiter -d 'What separates the cells of CSV: one character, or `tab`' -r
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l custom-properties -d 'A file with the schema of the custom properties (JSON Type Definition), as the Developer Console shows it' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l leavers -d 'Keep accounts that are live and not in the file as deactivated for this time, such as 90d, instead of deleting them; only for user_account' -r
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l client-id -d 'The application\'s id [env: VANTA_CLIENT_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l client-secret-file -d 'A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l client-secret-command -d 'A command that prints the client secret, such as "vault read -field=secret kv/vanta". It runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]' -r -f -a "(__fish_complete_command)"
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l origin -d 'Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]' -r -f
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l scope -d 'The scopes to request, separated by spaces [env: VANTA_SCOPE]' -r
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l token-store -d 'Where the token is stored: an absolute path, a URL of Redis, or `memory` [env: VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l ca-file -d 'A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l proxy -d '`http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]' -r
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l audit-file -d 'A file to which receipts are appended [env: VANTA_AUDIT_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l deadline -d 'How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]' -r
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand verify" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand verify" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand verify" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vanta -n "__fish_vanta_using_subcommand list" -l client-id -d 'The application\'s id [env: VANTA_CLIENT_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand list" -l client-secret-file -d 'A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand list" -l client-secret-command -d 'A command that prints the client secret, such as "vault read -field=secret kv/vanta". It runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]' -r -f -a "(__fish_complete_command)"
complete -c vanta -n "__fish_vanta_using_subcommand list" -l origin -d 'Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]' -r -f
complete -c vanta -n "__fish_vanta_using_subcommand list" -l scope -d 'The scopes to request, separated by spaces [env: VANTA_SCOPE]' -r
complete -c vanta -n "__fish_vanta_using_subcommand list" -l token-store -d 'Where the token is stored: an absolute path, a URL of Redis, or `memory` [env: VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand list" -l ca-file -d 'A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand list" -l proxy -d '`http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]' -r
complete -c vanta -n "__fish_vanta_using_subcommand list" -l audit-file -d 'A file to which receipts are appended [env: VANTA_AUDIT_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand list" -l deadline -d 'How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]' -r
complete -c vanta -n "__fish_vanta_using_subcommand list" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand list" -l deleted -d 'Show the soft-deleted rows too'
complete -c vanta -n "__fish_vanta_using_subcommand list" -l records -d 'Write each record as it was pushed, one JSON object a line: a file to push again'
complete -c vanta -n "__fish_vanta_using_subcommand list" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand list" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand list" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand list" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l effective-at-date -d 'The date from which the file is evidence, such as 2026-01-31' -r
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l description -d 'A description of the file' -r
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l client-id -d 'The application\'s id [env: VANTA_CLIENT_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l client-secret-file -d 'A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l client-secret-command -d 'A command that prints the client secret, such as "vault read -field=secret kv/vanta". It runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]' -r -f -a "(__fish_complete_command)"
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l origin -d 'Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]' -r -f
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l scope -d 'The scopes to request, separated by spaces [env: VANTA_SCOPE]' -r
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l token-store -d 'Where the token is stored: an absolute path, a URL of Redis, or `memory` [env: VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l ca-file -d 'A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l proxy -d '`http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]' -r
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l audit-file -d 'A file to which receipts are appended [env: VANTA_AUDIT_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l deadline -d 'How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]' -r
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand upload" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand upload" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand upload" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand upload" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand status" -l client-id -d 'The application\'s id [env: VANTA_CLIENT_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand status" -l client-secret-file -d 'A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand status" -l client-secret-command -d 'A command that prints the client secret, such as "vault read -field=secret kv/vanta". It runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]' -r -f -a "(__fish_complete_command)"
complete -c vanta -n "__fish_vanta_using_subcommand status" -l origin -d 'Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]' -r -f
complete -c vanta -n "__fish_vanta_using_subcommand status" -l scope -d 'The scopes to request, separated by spaces [env: VANTA_SCOPE]' -r
complete -c vanta -n "__fish_vanta_using_subcommand status" -l token-store -d 'Where the token is stored: an absolute path, a URL of Redis, or `memory` [env: VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand status" -l ca-file -d 'A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand status" -l proxy -d '`http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]' -r
complete -c vanta -n "__fish_vanta_using_subcommand status" -l audit-file -d 'A file to which receipts are appended [env: VANTA_AUDIT_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand status" -l deadline -d 'How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]' -r
complete -c vanta -n "__fish_vanta_using_subcommand status" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand status" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand status" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand status" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand status" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand kinds" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand kinds" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand kinds" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand kinds" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand kinds" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand schema" -l diff -d 'Compare the built-in schemas with an OpenAPI document of the service' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand schema" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand schema" -l example -d 'Print an example record instead'
complete -c vanta -n "__fish_vanta_using_subcommand schema" -l csv -d 'Print the header row and an example row of a CSV file instead'
complete -c vanta -n "__fish_vanta_using_subcommand schema" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand schema" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand schema" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand schema" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l client-id -d 'The application\'s id [env: VANTA_CLIENT_ID]' -r
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l client-secret-file -d 'A file that holds the client secret [env: VANTA_CLIENT_SECRET_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l client-secret-command -d 'A command that prints the client secret, such as "vault read -field=secret kv/vanta". It runs without a shell, for each token request [env: VANTA_CLIENT_SECRET_COMMAND]' -r -f -a "(__fish_complete_command)"
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l origin -d 'Where the API is served [env: VANTA_ORIGIN] [default: https://api.vanta.com]' -r -f
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l scope -d 'The scopes to request, separated by spaces [env: VANTA_SCOPE]' -r
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l token-store -d 'Where the token is stored: an absolute path, a URL of Redis, or `memory` [env: VANTA_TOKEN_STORE] [default: a file below ~/.local/state/vanta]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l ca-file -d 'A PEM file of authorities to trust besides the bundled ones [env: VANTA_CA_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l proxy -d '`http://host:port`, `environment` or `none` [env: VANTA_PROXY] [default: none]' -r
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l audit-file -d 'A file to which receipts are appended [env: VANTA_AUDIT_FILE]' -r -F
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l deadline -d 'How long the command may take, such as 90s or 10m [default: 120s for each call to Vanta]' -r
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand completions" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand completions" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand completions" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand completions" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand completions" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand man" -l color -d 'When to use colours; NO_COLOR in the environment turns `auto` off' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vanta -n "__fish_vanta_using_subcommand man" -l json -d 'Write results and errors as JSON to standard output, one object a line'
complete -c vanta -n "__fish_vanta_using_subcommand man" -s q -l quiet -d 'Write no progress, notes and success lines; errors and data are written'
complete -c vanta -n "__fish_vanta_using_subcommand man" -s v -l verbose -d 'Write what happens inside a call: token requests, waits, retries'
complete -c vanta -n "__fish_vanta_using_subcommand man" -s h -l help -d 'Print help'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "token" -d 'Print an access token, for curl and old scripts'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "validate" -d 'Validate every record of a file; nothing is sent'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "plan" -d 'Show what a push would change; nothing is sent'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "push" -d 'Replace the full state of a resource with the records of a file'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "verify" -d 'Compare the live records with those of a file'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "list" -d 'List what Vanta holds of a resource'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "upload" -d 'Upload a file for a document'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "status" -d 'Show the state of the token and of its rate limit; nothing is requested'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "kinds" -d 'List the kinds of resources'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "schema" -d 'Print the schema of a kind, an example record, or a CSV template'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "doctor" -d 'Check the configuration and the way to Vanta, step by step'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "completions" -d 'Print the completions of a shell'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "man" -d 'Print the man page'
complete -c vanta -n "__fish_vanta_using_subcommand help; and not __fish_seen_subcommand_from token validate plan push verify list upload status kinds schema doctor completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
