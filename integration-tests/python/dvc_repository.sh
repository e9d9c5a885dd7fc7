#!/usr/bin/env bash
# Makes a real DVC repository in a directory, with one stage that was run: dvc_repository.sh DIR
set -euo pipefail
mkdir -p "$1" && cd "$1"
export GIT_AUTHOR_NAME=ada GIT_AUTHOR_EMAIL=ada@site.example GIT_COMMITTER_NAME=ada GIT_COMMITTER_EMAIL=ada@site.example
export DVC_NO_ANALYTICS=1 DVC_GLOBAL_CONFIG_DIR="$1/.config" DVC_SITE_CACHE_DIR="$1/.cache"
git init --quiet
dvc init --quiet
printf 'age,score\n61,0.5\n64,0.25\n' > raw.csv
dvc add --quiet raw.csv
dvc stage add --quiet -n clean -d raw.csv -o clean.csv 'tail -n +2 raw.csv > clean.csv'
dvc repro --quiet
git add . && git commit --quiet -m 'Clean the rows'
cat dvc.lock
