package understudycli

import (
	"os"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/spec"
)

// settingFlags are those by which an app gets values from outside (71.6, 71.7).
func settingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "data", Usage: "`DIR` that paths of files and databases in the app are relative to", DefaultText: "that of the app"},
		&cli.StringFlag{Name: "env-file", Usage: "`FILE` of lines NAME=value, for variables of the app that the environment does not have"},
		&cli.StringSliceFlag{Name: "set", Usage: "set a field, `ENTRY.path=value`, the value as an ARG of exec; may be repeated"},
	}
}

// lookup gives values of variables: of the environment, then of --env-file, which is
// read once (71.6).
func (p *program) lookup(c *cli.Context) (func(string) (string, bool), error) {
	if file := c.String("env-file"); file != "" && p.fileEnv == nil {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, usage("--env-file: %v", err)
		}
		if p.fileEnv, err = spec.ParseEnvFile(string(text)); err != nil {
			return nil, usage("--env-file %s: %v", file, err)
		}
	}
	return func(name string) (string, bool) {
		if value, ok := os.LookupEnv(name); ok {
			return value, true
		}
		value, ok := p.fileEnv[name]
		return value, ok
	}, nil
}
