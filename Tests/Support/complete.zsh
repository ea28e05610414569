# Prints what zsh offers for a command line: complete.zsh FOLDER WORDS, with the folder of _swkexec. A shell of its own, on a
# terminal of its own, presses the tab key; its compadd tells what it was given instead of showing it.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= RPS1=; stty -echo; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D; zstyle ':completion:*' verbose no"
zpty -w shell '
compadd() {
    if [[ ${argv[1,(i)(-|--)]} == *-[ADO]* ]]; then builtin compadd "$@"; return; fi
    local -a offered
    builtin compadd -A offered "$@"
    print -rl -- "offered ${(j: :)offered}"
    builtin compadd "$@"
}
press() { compstate[insert]=; compstate[list]=; _main_complete; print -r -- "end of offers" }
zle -C press complete-word press
bindkey "^I" press
print -r -- ready'' to read'
zpty -r shell answer '*ready to read*'
zpty -w -n shell "$2"$'\t'
zpty -r shell answer '*end of offers*'
print -r -- "$answer" | tr -d '\r' | grep -oE 'offered .+' | cut -d' ' -f2- | tr ' ' '\n' | grep .
