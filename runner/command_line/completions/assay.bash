# Completion for bash: what `assay complete` says.
_assay() {
  local word=$2 line kind
  local words=("${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word")
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files*)
        compopt -o filenames
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$word")
        for kind in ${line#:files}; do
          mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!*.$kind" -- "$word")
        done
        ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${1/#\~/$HOME}" complete -- "${words[@]}" 2>/dev/null)
}
complete -F _assay assay
