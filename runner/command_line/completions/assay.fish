# Completion for fish: what `assay complete` says.
function __assay_complete
    set -l word (commandline --current-token)
    set -l words (commandline --tokenize --cut-at-cursor --current-process) "$word"
    for line in ($words[1] complete -- $words[2..] 2>/dev/null)
        if string match --quiet ':files*' -- $line
            set -l kinds (string split ' ' -- $line)[2..]
            __fish_complete_path $word | string match --regex '^[^\t]*(?:/|\.(?:'(string join '|' -- $kinds none)'))(?:\t.*)?$'
        else
            echo $line
        end
    end
end
complete --command assay --no-files --arguments '(__assay_complete)'
