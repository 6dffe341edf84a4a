// Package postgres opens PostgreSQL for the module sql (46.8 of docs/spec).
package postgres

import (
	"cmp"
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/sql"
)

// Config says which database, and how it is reached (46.8).
type Config struct {
	// DSN is an URL, or key=value; otherwise the parts that follow are used. What neither
	// names comes from the variables PGHOST and so on, as for psql.
	DSN                            string
	Host, Database, User, Password string
	Port                           int
	SSLMode                        string // verify-full if ""

	Max         int // connections; 10 if 0
	MaxIdle     int // that are kept; 2 if 0
	MaxLifetime time.Duration
	Timeout     time.Duration

	// Schema is carried out with the first connection; Source is its file.
	Schema, Source string
}

// Open gives a database. It connects when the database is first used. The error is
// Invalid for a DSN that is none, without its text.
func Open(c Config) (*sql.Database, error) {
	connector, err := c.connector()
	if err != nil {
		return nil, hostapi.Errorf(hostapi.Invalid, "dsn is not one of PostgreSQL")
	}
	dialect := sql.Postgres()
	known := dialect.Failure
	dialect.Failure = func(err error) *sql.Failure {
		f := known(err)
		var server *pq.Error
		if f != nil && errors.As(err, &server) {
			f.Constraint = server.Constraint
			if f.Text != "" && server.Code.Class() != "22" {
				f.Text = server.Message
			}
		}
		return f
	}
	return sql.New(sql.Config{
		Dialect: dialect, DB: stdsql.OpenDB(connector), Max: c.Max, MaxIdle: cmp.Or(c.MaxIdle, 2),
		MaxLifetime: c.MaxLifetime, Timeout: c.Timeout, Schema: c.Schema, Source: c.Source,
	}), nil
}

// connector gives what connects. Without sslmode in the DSN it is verify-full, where the
// library would not verify.
func (c Config) connector() (driver.Connector, error) {
	text := c.DSN
	if text == "" {
		for _, part := range [][2]string{
			{"host", c.Host}, {"dbname", c.Database}, {"user", c.User}, {"password", c.Password}, {"sslmode", c.SSLMode},
		} {
			if part[1] != "" {
				text += part[0] + "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(part[1]) + "' "
			}
		}
		if c.Port != 0 {
			text += "port=" + strconv.Itoa(c.Port)
		}
	}
	config, err := pq.NewConfig(text)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(text, "sslmode") {
		config.SSLMode = pq.SSLModeVerifyFull
	}
	if config.ApplicationName == "" {
		config.ApplicationName = "understudy"
	}
	return pq.NewConnectorConfig(config)
}
