module github.com/understudy-run/understudy

go 1.26
