# Completion for fish: what `assay complete` says.
function __assay_complete
    set -l word (commandline --current-token)
    set -l words (commandline --tokenize --cut-at-cursor --current-process) "$word"
    for line in ($words[1] complete -- $words[2..] 2>/dev/null)
        if string match --quiet ':files*' -- $line
            __fish_complete_directories $word
            for kind in (string split --no-empty ' ' -- (string replace ':files' '' -- $line))
                __fish_complete_suffix .$kind
            end
        else
            echo $line
        end
    end
end
complete --command assay --no-files --arguments '(__assay_complete)'
